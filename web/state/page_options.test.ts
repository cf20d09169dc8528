import { describe, expect, it } from 'vitest';
import { pageOptions } from './page_options.ts';

const of = (query: string): ReturnType<typeof pageOptions> => pageOptions(`https://grove.example/${query}#abcdefghijklmnopqrstuv`);

describe('what the address asks for', () => {
  it('is_usually_nothing', () => {
    expect(of('')).toEqual({ ok: true, join: {} });
    expect(of('?utm_source=mail')).toEqual({ ok: true, join: {} });
  });

  it('may_be_a_fan_out_and_a_role', () => {
    expect(of('?fan-out=2&role=hidden-tab')).toEqual({ ok: true, join: { copiesMax: 2, role: 'hiddenTab' } });
    expect(of('?fan-out=12')).toEqual({ ok: true, join: { copiesMax: 12 } });
  });

  it.each(['', '0', '13', '2.5', '-1', '2e0', 'two', '999'])('fan_out_%s_is_told_to_be_wrong', (value) => {
    const options = of(`?fan-out=${value}`);
    expect(options).toEqual({ ok: false, why: expect.stringContaining('from 1 to 12') as string });
    expect(options.ok ? '' : options.why).toContain(`“${value}”`);
  });

  it.each(['', 'Desktop', 'toString', 'hiddenTab'])('role_%s_is_told_to_be_wrong', (value) => {
    expect(of(`?role=${value}`)).toEqual({ ok: false, why: expect.stringContaining('desktop, phone, hidden-tab, metered') as string });
  });
});
