export type GroveErrorCode =
  | 'link-malformed' // the room link has no secret, or a spoilt one
  | 'identity-malformed' // not 32 bytes
  | 'peer-malformed' // not the 32 hexadecimal digits of a Peer.id
  | 'copies-malformed' // copiesMax is no whole number from 1 to 12
  | 'browser-too-old' // message: what is missing, as checkBrowser() names it
  | 'microphone-refused' // by the user, the system, or a policy of the page
  | 'microphone-absent'
  | 'microphone-busy' // another program holds it
  | 'audio-failed' // the browser gave no AudioContext, or did not load the worklets
  | 'engine-failed'; // a Worker or a WASM module did not load, or stopped

/** Every error that this library throws. `code` is stable and for programs, `message` is for developers. */
export class GroveError extends Error {
  override readonly name = 'GroveError';
  constructor(
    readonly code: GroveErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
