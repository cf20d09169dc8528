// Main thread: sets links up, because RTCPeerConnection exists nowhere else. Their bytes are the network Worker's.
import type { ToNetwork } from '../engine/messages.ts';
import type { LinkRole, SignalKind } from '../engine/node_module.ts';
import { pumpChannel } from './pump.ts';

// Both ends make both channels with the same numbers, so that they exist (and can be transferred) before negotiation.
const kControl: RTCDataChannelInit = { negotiated: true, id: 0, ordered: true };
// Never maxRetransmits: 0. DESIGN.md §3 has the measurements.
const kVoice: RTCDataChannelInit = { negotiated: true, id: 1, ordered: false, maxPacketLifeTime: 150 };

interface Link {
  connection: RTCPeerConnection;
  steps: Promise<void>; // descriptions and candidates are applied one after the other
}

export class Links {
  private readonly links = new Map<number, Link>();
  private iceServers: RTCIceServer[] = [];
  private transfersChannels = true; // until a browser refuses

  constructor(private readonly tell: (message: ToNetwork, transfer?: Transferable[]) => void) {}

  /** For links created from now on. TURN is left out: no browser makes a connection with a TURN server without a password. */
  setIceServers(urls: string[]): void {
    this.iceServers = urls.filter((url) => url.startsWith('stun')).map((url) => ({ urls: url }));
  }

  create(id: number, role: LinkRole): void {
    let connection: RTCPeerConnection;
    try {
      connection = this.connect();
    } catch {
      this.tell({ kind: 'linkClosed', link: id }); // the tab's 500 are used up (DESIGN.md §4)
      return;
    }
    const link: Link = { connection, steps: Promise.resolve() };
    this.links.set(id, link);
    this.handOver(id, connection);
    connection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate?.candidate) this.tell({ kind: 'signal', link: id, signal: 'candidate', text: JSON.stringify(candidate) });
    });
    connection.addEventListener('connectionstatechange', () => {
      if (connection.connectionState === 'failed' || connection.connectionState === 'closed') this.lose(id, link);
    });
    if (role === 'offers') this.step(id, link, () => this.describe(id, link, 'offer'));
  }

  applySignal(id: number, signal: SignalKind, text: string): void {
    const link = this.links.get(id);
    if (!link) return;
    if (signal === 'candidate') {
      // A candidate that the browser cannot use, such as one of a later kind, is no reason to give the link up.
      this.step(id, link, () => link.connection.addIceCandidate(JSON.parse(text) as RTCIceCandidateInit).catch(() => undefined));
      return;
    }
    this.step(id, link, async () => {
      await link.connection.setRemoteDescription({ type: signal, sdp: text });
      if (signal === 'offer') await this.describe(id, link, 'answer');
    });
  }

  close(id: number): void {
    const link = this.links.get(id);
    this.links.delete(id);
    link?.connection.close();
  }

  closeAll(): void {
    for (const id of [...this.links.keys()]) this.close(id);
  }

  private connect(): RTCPeerConnection {
    try {
      return new RTCPeerConnection({ iceServers: this.iceServers });
    } catch (error) {
      if (this.iceServers.length === 0) throw error;
      this.iceServers = []; // the rendezvous told a spoilt URL: better to reach some people than nobody
      return new RTCPeerConnection();
    }
  }

  // Makes the channels and gives them to the Worker in the same task: later, an event could be lost on the way.
  private handOver(id: number, connection: RTCPeerConnection): void {
    const control = connection.createDataChannel('control', kControl);
    const voice = connection.createDataChannel('voice', kVoice);
    if (this.transfersChannels) {
      try {
        this.tell({ kind: 'channels', link: id, control, voice }, [control, voice] as unknown as Transferable[]);
        return;
      } catch {
        this.transfersChannels = false;
      }
    }
    const ports = { control: new MessageChannel(), voice: new MessageChannel() };
    pumpChannel(control, ports.control.port1);
    pumpChannel(voice, ports.voice.port1);
    const ends = { control: ports.control.port2, voice: ports.voice.port2 };
    this.tell({ kind: 'pumpedChannels', link: id, ...ends }, [ends.control, ends.voice]);
  }

  private async describe(id: number, link: Link, signal: 'offer' | 'answer'): Promise<void> {
    await link.connection.setLocalDescription();
    const text = link.connection.localDescription?.sdp ?? '';
    if (this.links.get(id) === link) this.tell({ kind: 'signal', link: id, signal, text });
  }

  private step(id: number, link: Link, act: () => Promise<void>): void {
    link.steps = link.steps.then(async () => {
      if (this.links.get(id) === link) await act();
    }).catch(() => this.lose(id, link)); // a description that does not apply: the node tries another link
  }

  private lose(id: number, link: Link): void {
    if (this.links.get(id) !== link) return;
    this.close(id);
    this.tell({ kind: 'linkClosed', link: id });
  }
}
