// What Grove is measured against: a received audio track added to the next RTCPeerConnection, as anybody would relay a voice
// without Grove. Each hop plays out and encodes anew: the browser's own jitter buffer and Opus, with their defaults.
import { carry } from '../mouth_to_ear/webrtc_peer.ts';

export class RtpChain {
  private readonly connections: RTCPeerConnection[] = [];
  /** What comes out after one hop, after two, … */
  readonly ears: MediaStreamAudioSourceNode[] = [];

  private constructor(readonly mouth: MediaStreamAudioDestinationNode) {}

  static async open(context: AudioContext, hops: number): Promise<RtpChain> {
    const chain = new RtpChain(new MediaStreamAudioDestinationNode(context, { channelCount: 1 }));
    let sound = chain.mouth.stream;
    for (let hop = 0; hop < hops; hop++) {
      const { sender, receiver, stream } = await carry(sound);
      chain.connections.push(sender, receiver);
      chain.ears.push(context.createMediaStreamSource(stream));
      sound = stream;
    }
    return chain;
  }

  close(): void {
    for (const connection of this.connections) connection.close();
    for (const ear of this.ears) ear.disconnect();
  }
}
