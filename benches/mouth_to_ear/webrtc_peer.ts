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
    const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
    a.onicecandidate = (event) => void b.addIceCandidate(event.candidate ?? undefined);
    b.onicecandidate = (event) => void a.addIceCandidate(event.candidate ?? undefined);
    const remote = new Promise<MediaStream>((resolve) => {
      b.ontrack = (event) => resolve(new MediaStream([event.track]));
    });
    for (const track of mouth.stream.getAudioTracks()) a.addTrack(track, mouth.stream);
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription as RTCSessionDescription);
    await b.setLocalDescription();
    await a.setRemoteDescription(b.localDescription as RTCSessionDescription);
    const stream = await remote;
    const element = new Audio(); // without an element Chromium does not decode a remote stream
    element.muted = true;
    element.srcObject = stream;
    await element.play();
    return new WebRtcCall(mouth, context.createMediaStreamSource(stream), a, b);
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
