import { describe, expect, test } from 'vitest';
import { countGoogleTests } from './stages.mjs';

describe('counting GoogleTests in what CTest prints', () => {
  test('single tests are counted, not programs', () => {
    const text = '1: [       OK ] A.b (0 ms)\n1: [       OK ] A.c (1 ms)\n1/1 Test #1: a_test ........   Passed    0.01 sec\n';
    expect(countGoogleTests(text)).toEqual({ passed: 2, failed: 0 });
  });

  test('a failed test counts once, although GoogleTest names it twice', () => {
    const text = '1: [       OK ] A.b (0 ms)\n1: [  FAILED  ] A.c (1 ms)\n1: [  FAILED  ] A.c\n1/1 Test #1: a_test ........***Failed    0.01 sec\n';
    expect(countGoogleTests(text)).toEqual({ passed: 1, failed: 1 });
  });

  test('a failed parameterised test counts once', () => {
    const text = '7: [  FAILED  ] A/B.c/0, where GetParam() = 3 (1 ms)\n7: [  FAILED  ] A/B.c/0, where GetParam() = 3\n1/1 Test  #7: a_test ....***Failed\n';
    expect(countGoogleTests(text)).toEqual({ passed: 0, failed: 1 });
  });

  test('a program that dies without a word is a failure', () => {
    const text = '1: [       OK ] A.b (0 ms)\n1: [ RUN      ] A.c\n1/1 Test #1: a_test ........***Exception: SegFault  0.01 sec\n';
    expect(countGoogleTests(text)).toEqual({ passed: 1, failed: 1 });
  });
});
