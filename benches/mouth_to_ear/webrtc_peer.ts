// What Grove is measured against: a plain WebRTC audio track between two RTCPeerConnections of this page, as anybody would
// write it. The browser's own Opus, jitter buffer and all, with their defaults.

export class WebRtcCall {
  private constructor(
    readonly mouth: MediaStreamAudioDestinationNode,
    readonly ear: MediaStreamAudioSourceNode,
    private readonly sender: RTCPeerConnection,
    private readonly receiver: RTCPeerConnection,
  ) {}

  static async open(context: AudioContext): Promise<WebRtcCall> {
    const mouth = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    const { sender, receiver, stream } = await carry(mouth.stream);
    return new WebRtcCall(mouth, context.createMediaStreamSource(stream), sender, receiver);
  }

  close(): void {
    this.sender.close();
    this.receiver.close();
    this.mouth.disconnect();
    this.ear.disconnect();
  }

  /** How long samples have waited in the jitter buffer so far: sum in seconds, and their count. */
  async jitterBuffer(): Promise<{ seconds: number; samples: number; codec: string }> {
    const report = [...(await this.receiver.getStats()).values()];
    const inbound = report.find((entry) => entry.type === 'inbound-rtp');
    const codec = report.find((entry) => entry.id === inbound?.codecId);
    return { seconds: inbound?.jitterBufferDelay ?? 0, samples: inbound?.jitterBufferEmittedCount ?? 0, codec: `${codec?.mimeType} ${codec?.sdpFmtpLine}` };
  }
}

/** Sends a stream's sound over a connection of its own, and hands back what comes out of it. */
export async function carry(sound: MediaStream): Promise<{ sender: RTCPeerConnection; receiver: RTCPeerConnection; stream: MediaStream }> {
  const [sender, receiver] = [new RTCPeerConnection(), new RTCPeerConnection()];
  sender.onicecandidate = (event) => void receiver.addIceCandidate(event.candidate ?? undefined);
  receiver.onicecandidate = (event) => void sender.addIceCandidate(event.candidate ?? undefined);
  const remote = new Promise<MediaStream>((resolve) => {
    receiver.ontrack = (event) => resolve(new MediaStream([event.track]));
  });
  for (const track of sound.getAudioTracks()) sender.addTrack(track, sound);
  await sender.setLocalDescription();
  await receiver.setRemoteDescription(sender.localDescription as RTCSessionDescription);
  await receiver.setLocalDescription();
  await sender.setRemoteDescription(receiver.localDescription as RTCSessionDescription);
  const stream = await remote;
  const element = new Audio(); // without an element Chromium does not decode a remote stream
  element.muted = true;
  element.srcObject = stream;
  await element.play();
  return { sender, receiver, stream };
}
