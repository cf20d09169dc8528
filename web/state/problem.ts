// From an error's code to words that a person can act on.
import { type Explanation, text } from '../text.ts';

export type MicrophoneProblem = 'microphone-refused' | 'microphone-absent' | 'microphone-busy' | 'microphone-lost';
export type JoinProblem = 'link-malformed' | 'browser-too-old' | 'audio-failed' | 'call-stopped' | 'unknown';

export function explainMicrophone(problem: MicrophoneProblem): Explanation {
  switch (problem) {
    case 'microphone-refused': return text.problem.microphoneRefused;
    case 'microphone-absent': return text.problem.microphoneAbsent;
    case 'microphone-busy': return text.problem.microphoneBusy;
    case 'microphone-lost': return text.problem.microphoneLost;
  }
}

export function explainJoin(problem: JoinProblem): Explanation {
  switch (problem) {
    case 'link-malformed': return text.problem.linkMalformed;
    case 'browser-too-old': return text.problem.browserTooOld;
    case 'audio-failed': return text.problem.audioFailed;
    case 'call-stopped': return text.problem.callStopped;
    case 'unknown': return text.problem.joinFailed;
  }
}

const kInsecure = 'secure context (https)';  // as the client's checkBrowser() names it

// What is missing. Over plain http most else is missing too, whatever the browser.
export function explainMissing(missing: readonly string[]): Explanation {
  if (missing.includes(kInsecure)) return text.problem.addressNotSecure;
  const { title, body, steps } = text.problem.browserTooOld;
  return { title, body: `${body} ${missing.join(', ')}.`, steps };
}

export function microphoneProblemOf(error: unknown): MicrophoneProblem {
  const code = codeOf(error);
  if (code === 'microphone-refused' || code === 'microphone-absent') return code;
  return 'microphone-busy';  // it is there and gives nothing: the same advice
}

export function joinProblemOf(error: unknown): JoinProblem {
  const code = codeOf(error);
  if (code === 'link-malformed' || code === 'browser-too-old' || code === 'audio-failed') return code;
  return 'unknown';
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
