import { GroveError } from '../errors.ts';
import { defaultContext, startContext } from './output.ts';

export interface MicrophoneOptions {
  deviceId?: string; // of enumerateDevices(); default: the system's choice
  echoCancellation?: boolean; // default true, like the next two
  noiseSuppression?: boolean;
  autoGainControl?: boolean;
}

/** What a room takes as your voice; null: listen only. A stream or node of your own stays yours to close. */
export type VoiceInput = Microphone | MediaStream | AudioNode | null;

const kSilenceDb = -100;

/**
 * Asks for the microphone.
 * @throws GroveError 'microphone-refused' | 'microphone-absent' | 'microphone-busy'
 */
export async function openMicrophone(options: MicrophoneOptions = {}): Promise<Microphone> {
  if (!navigator.mediaDevices) {
    throw new GroveError('microphone-refused', 'browsers give the microphone to pages from https or localhost only');
  }
  const audio: MediaTrackConstraints = {
    echoCancellation: options.echoCancellation ?? true,
    noiseSuppression: options.noiseSuppression ?? true,
    autoGainControl: options.autoGainControl ?? true,
    channelCount: { ideal: 1 },
    ...(options.deviceId ? { deviceId: { exact: options.deviceId } } : {}),
  };
  const context = startContext(defaultContext());
  try {
    return new Microphone(await navigator.mediaDevices.getUserMedia({ audio }), context);
  } catch (error) {
    throw asGroveError(error);
  }
}

/** An open microphone, with a level even before there is a room. */
export class Microphone {
  private readonly source: MediaStreamAudioSourceNode;
  private readonly analyser: AnalyserNode;
  private readonly window: Float32Array<ArrayBuffer>;

  /** @internal Use openMicrophone. */
  constructor(
    readonly stream: MediaStream,
    context: AudioContext,
  ) {
    this.source = context.createMediaStreamSource(stream);
    this.analyser = context.createAnalyser();
    this.analyser.fftSize = 1024; // 21 ms at 48 kHz: about the span that the engine's own level looks at
    this.window = new Float32Array(this.analyser.fftSize);
    this.source.connect(this.analyser);
  }

  /** The device's name, as the system calls it. */
  get label(): string {
    return this.stream.getAudioTracks()[0]?.label ?? '';
  }

  /** dBFS of the last 20 ms or so; −100 also while the browser waits for a gesture before it runs audio. */
  get level(): number {
    this.analyser.getFloatTimeDomainData(this.window);
    let sum = 0;
    for (const sample of this.window) sum += sample * sample;
    return Math.max(10 * Math.log10(sum / this.window.length), kSilenceDb);
  }

  /** False once the device was unplugged, or the permission taken back. */
  get live(): boolean {
    return this.stream.getAudioTracks().some((track) => track.readyState === 'live');
  }

  close(): void {
    this.source.disconnect();
    for (const track of this.stream.getTracks()) track.stop();
  }
}

// The names that Media Capture and Streams §10.2 gives to failures of getUserMedia.
function asGroveError(error: unknown): GroveError {
  const { name = '', message = '' } = error as { name?: string; message?: string }; // Firefox's OverconstrainedError is no DOMException
  if (name === 'NotFoundError' || name === 'OverconstrainedError') {
    return new GroveError('microphone-absent', message || 'no microphone was found', { cause: error });
  }
  if (name === 'NotReadableError' || name === 'AbortError') {
    return new GroveError('microphone-busy', message || 'the microphone did not start', { cause: error });
  }
  return new GroveError('microphone-refused', message || 'the microphone was not allowed', { cause: error });
}
