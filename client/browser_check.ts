// The smallest module that uses a SIMD instruction (i8x16.splat): voice.wasm is built with them.
const kSimdModule = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
);

/**
 * What this browser, or the way this page is served, lacks to join a room.
 * @returns names for people who know browsers, such as 'AudioWorklet' or 'secure context (https)'; empty: all is there
 */
export function checkBrowser(): string[] {
  const has = {
    'secure context (https)': globalThis.isSecureContext,
    WebAssembly: typeof WebAssembly === 'object',
    'WebAssembly SIMD': typeof WebAssembly === 'object' && WebAssembly.validate(kSimdModule),
    WebRTC: typeof RTCPeerConnection === 'function',
    'WebRTC data channels': typeof RTCDataChannel === 'function',
    Worker: typeof Worker === 'function',
    AudioWorklet: typeof AudioWorkletNode === 'function',
    WebSocket: typeof WebSocket === 'function',
  };
  return Object.entries(has).flatMap(([name, present]) => (present ? [] : [name]));
}
