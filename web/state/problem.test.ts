import { describe, expect, it } from 'vitest';
import { parseRoomLink } from '../../client/link.ts';
import { text } from '../text.ts';
import { checkBrowser } from '../../client/browser_check.ts';
import { explainJoin, explainMicrophone, explainMissing, joinProblemOf, microphoneProblemOf } from './problem.ts';

const coded = (code: string): Error => Object.assign(new Error('x'), { code });

describe('words for problems', () => {
  it('every_microphone_problem_has_words_of_its_own', () => {
    const titles = (['microphone-refused', 'microphone-absent', 'microphone-busy', 'microphone-lost'] as const)
      .map((problem) => explainMicrophone(microphoneProblemOf(coded(problem))).title);
    expect(new Set(titles).size).toBe(3);  // lost is never thrown, so it reads as busy here
    expect(explainMicrophone('microphone-lost').title).not.toBe(explainMicrophone('microphone-busy').title);
  });

  it('every_microphone_problem_that_blocks_a_start_says_what_to_do', () => {
    for (const problem of ['microphone-refused', 'microphone-absent', 'microphone-busy'] as const) {
      expect(explainMicrophone(problem).steps.join(' ')).toMatch(/Try again/);
    }
  });

  it('every_join_problem_says_what_to_do', () => {
    for (const problem of ['link-malformed', 'browser-too-old', 'audio-failed', 'unknown'] as const) {
      expect(explainJoin(joinProblemOf(coded(problem))).steps.length).toBeGreaterThan(0);
    }
  });

  it('over_plain_http_the_address_is_at_fault_and_not_the_browser', () => {
    const missing = checkBrowser();  // Node is no secure context
    expect(explainMissing(missing).title).toMatch(/address/);
    expect(explainMissing(['WebRTC'])).toMatchObject({ title: expect.stringMatching(/browser/) as string, body: expect.stringMatching(/WebRTC/) as string });
  });

  it('the_link_that_is_shown_as_an_example_is_no_room', () => {
    expect(parseRoomLink(`https://example.org/#${text.problem.linkMalformed.example}`)).toEqual({ ok: false, why: 'malformed' });
  });

  it('errors_that_nobody_foresaw_still_get_words', () => {
    for (const error of [undefined, null, 'text', new Error('plain'), coded('new-code'), { code: 7 }]) {
      expect(joinProblemOf(error)).toBe('unknown');
      expect(microphoneProblemOf(error)).toBe('microphone-busy');
    }
  });
});
