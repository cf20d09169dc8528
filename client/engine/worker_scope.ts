// What a dedicated Worker's global scope has; the library of types that we build with knows only windows.
export interface WorkerScope<In, Out> {
  onmessage: ((event: MessageEvent<In>) => void) | null;
  postMessage(message: Out, transfer?: Transferable[]): void;
}

export function workerScope<In, Out>(): WorkerScope<In, Out> {
  return globalThis as unknown as WorkerScope<In, Out>;
}

/** Runs what must not fail; if it does, the main thread is told, and this Worker does nothing more. */
export function guarded<Arguments extends unknown[]>(
  scope: WorkerScope<never, { kind: 'failed'; reason: string }>,
  act: (...args: Arguments) => void,
): (...args: Arguments) => void {
  let failed = false;
  return (...args) => {
    if (failed) return;
    try {
      act(...args);
    } catch (error) {
      failed = true;
      scope.postMessage({ kind: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  };
}
