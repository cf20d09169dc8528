// The network Worker's one WebSocket.

export interface RendezvousHolder {
  rendezvousOpen(): void;
  rendezvousMessage(message: Uint8Array): void;
  rendezvousClosed(): void; // also when it never opened; not after close()
}

export class RendezvousSocket {
  private socket: WebSocket | null = null;

  constructor(
    private readonly url: string,
    private readonly holder: RendezvousHolder,
  ) {}

  open(): void {
    this.close();
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.holder.rendezvousOpen();
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (event.data instanceof ArrayBuffer) this.holder.rendezvousMessage(new Uint8Array(event.data));
    };
    socket.onclose = () => {
      this.socket = null;
      this.holder.rendezvousClosed();
    };
  }

  send(message: Uint8Array<ArrayBuffer>): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(message);
  }

  close(): void {
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
