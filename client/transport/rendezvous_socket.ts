// The network Worker's one WebSocket. A browser tells no program when the line below it is dead, and a WebSocket cannot
// be pinged from here; so what is known to kill lines ends this one: the machine slept, or the system says "offline".

export interface RendezvousHolder {
  rendezvousOpen(): void;
  rendezvousMessage(message: Uint8Array): void;
  rendezvousClosed(): void; // also when it never opened; not after close()
}

/** What the Worker's scope gives; handed in, so that tests need neither sleep nor network. */
export interface SocketSurroundings {
  open(url: string): WebSocket;
  now(): number; // ms of a clock that goes on while the machine sleeps
  every(ms: number, act: () => void): () => void; // returns how to end it
  events: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>; // 'offline'
}

const kLookEveryMs = 5000;
const kSleptMs = 30_000; // guess: a busy machine holds a Worker up for seconds, a lid for longer; the server drops us after its own wait

export class RendezvousSocket {
  private socket: WebSocket | null = null;
  private unwatch: () => void = () => undefined;

  constructor(
    private readonly url: string,
    private readonly holder: RendezvousHolder,
    private readonly around: SocketSurroundings = thisWorker(),
  ) {}

  open(): void {
    this.close();
    const socket = this.around.open(this.url);
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.holder.rendezvousOpen();
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (event.data instanceof ArrayBuffer) this.holder.rendezvousMessage(new Uint8Array(event.data));
    };
    socket.onclose = () => {
      if (this.socket === socket) this.lose();
    };
    this.watch();
  }

  send(message: Uint8Array<ArrayBuffer>): void {
    if (this.socket?.readyState === 1) this.socket.send(message); // 1: OPEN
  }

  close(): void {
    const socket = this.socket;
    this.socket = null;
    this.unwatch();
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private lose(): void {
    this.close();
    this.holder.rendezvousClosed();
  }

  private watch(): void {
    const { now, every, events } = this.around;
    const lose = (): void => this.lose();
    let seen = now();
    const endLooks = every(kLookEveryMs, () => {
      const slept = now() - seen > kSleptMs;
      seen = now();
      if (slept) lose();
    });
    events.addEventListener('offline', lose);
    this.unwatch = () => {
      endLooks();
      events.removeEventListener('offline', lose);
    };
  }
}

function thisWorker(): SocketSurroundings {
  return {
    open: (url) => new WebSocket(url),
    now: () => Date.now(),
    every: (ms, act) => {
      const timer = setInterval(act, ms);
      return () => clearInterval(timer);
    },
    events: globalThis,
  };
}
