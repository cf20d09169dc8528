// The page's one AudioContext, and what keeps it running.

/** 'suspended': the browser waits for a gesture. 'interrupted': the system took the sound, e.g. for a phone call. */
export type SoundState = 'running' | 'suspended' | 'interrupted' | 'closed';

let pageContext: AudioContext | null = null;

/** Made once for the page's life. Never with a sampleRate: Firefox then cancels no echo (DESIGN.md §14). */
export function defaultContext(): AudioContext {
  if (!pageContext || pageContext.state === 'closed') {
    pageContext = new AudioContext({ latencyHint: 0 });
  }
  return pageContext;
}

export function soundState(context: AudioContext): SoundState {
  return context.state as SoundState; // the library of types does not know Safari's 'interrupted'
}

/** Starts the context now if the browser lets it, else at the next gesture. Call it inside a gesture where there is one. */
export function startContext(context: AudioContext): AudioContext {
  const session = (navigator as { audioSession?: { type: string } }).audioSession;
  if (session) session.type = 'play-and-record'; // iOS: else the microphone stops what plays, or the reverse
  void resume(context);
  if (soundState(context) !== 'running') awaitGesture(context);
  return context;
}

/** Tells when the context's state changes, and resumes it when the page is seen again. Returns the undoing. */
export function watchContext(context: AudioContext, onChange: () => void): () => void {
  const check = (): void => {
    if (soundState(context) === 'suspended') startContext(context);
    onChange();
  };
  const onVisible = (): void => {
    if (document.visibilityState === 'visible') check();
  };
  context.addEventListener('statechange', check);
  document.addEventListener('visibilitychange', onVisible);
  return () => {
    context.removeEventListener('statechange', check);
    document.removeEventListener('visibilitychange', onVisible);
  };
}

// iOS: resume() only when suspended, never when interrupted (DESIGN.md §14).
async function resume(context: AudioContext): Promise<void> {
  if (soundState(context) !== 'suspended') return;
  await context.resume().catch(() => undefined); // refused until a gesture; awaitGesture comes back to it
}

const kGestures = ['pointerdown', 'pointerup', 'keydown', 'touchend'] as const;
const awaiting = new WeakSet<AudioContext>();

function awaitGesture(context: AudioContext): void {
  if (awaiting.has(context)) return;
  awaiting.add(context);
  const onGesture = (): void => void resume(context);
  for (const gesture of kGestures) document.addEventListener(gesture, onGesture, { capture: true, passive: true });
  const onState = (): void => {
    if (soundState(context) === 'suspended' || soundState(context) === 'interrupted') return;
    for (const gesture of kGestures) document.removeEventListener(gesture, onGesture, { capture: true });
    context.removeEventListener('statechange', onState);
    awaiting.delete(context);
  };
  context.addEventListener('statechange', onState);
}
