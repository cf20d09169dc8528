// The microphone from "not asked yet" to "live", before the call and during it.
import { Observable } from './observable.ts';
import type { Preferences, SoundOptions } from './preferences.ts';
import { type MicrophoneProblem, microphoneProblemOf } from './problem.ts';

// What is needed of the client's Microphone.
export interface LiveMicrophone {
  readonly level: number;  // dBFS
  close(): void;
}

export interface Device {
  readonly deviceId: string;
  readonly label: string;
}

export interface MicrophonePorts<M extends LiveMicrophone> {
  open(options: Partial<SoundOptions>): Promise<M>;
  isGranted(): Promise<boolean>;          // the browser would not ask
  devices(): Promise<readonly Device[]>;  // empty while the browser hides them
}

export type MicrophoneStatus = 'unasked' | 'asking' | 'live' | 'problem';

export class MicrophoneCheck<M extends LiveMicrophone> extends Observable {
  status: MicrophoneStatus = 'unasked';
  problem: MicrophoneProblem | null = null;
  microphone: M | null = null;
  devices: readonly Device[] = [];
  isListenOnly: boolean;  // setListenOnly sets it
  options: SoundOptions;
  private attempt = 0;  // answers to an older one come too late

  constructor(private readonly ports: MicrophonePorts<M>, private readonly preferences: Preferences) {
    super();
    this.options = preferences.sound;
    this.isListenOnly = preferences.isListenOnly;
  }

  // Shows the level at once where nobody needs to be asked.
  async startIfGranted(): Promise<void> {
    if (await this.ports.isGranted() && this.status === 'unasked' && !this.isListenOnly) await this.check();
  }

  // Asks for the microphone. Afterwards the status is 'live' or 'problem', unless a newer call has taken over.
  async check(): Promise<void> {
    const attempt = ++this.attempt;
    this.listenOnly(false);
    this.problem = null;
    if (!this.microphone) this.status = 'asking';  // else it stays live: whoever tries a switch keeps it before them
    this.changed();
    let opened: M | null = null;
    let problem: MicrophoneProblem | null = null;
    try {
      opened = await this.openChosen();
    } catch (error) {
      problem = microphoneProblemOf(error);
    }
    if (attempt !== this.attempt) return opened?.close();
    // The old one goes only now, so that a call that uses it does not fall silent before the new one is there.
    const old = this.microphone;
    this.microphone = opened;
    this.problem = problem;
    this.status = opened ? 'live' : 'problem';
    this.changed();
    old?.close();
    await this.refreshDevices();
  }

  async choose(change: Partial<SoundOptions>): Promise<void> {
    this.options = { ...this.options, ...change };
    this.preferences.sound = this.options;
    if (this.status === 'unasked' || this.isListenOnly) return this.changed();
    await this.check();
  }

  setListenOnly(isListenOnly: boolean): void {
    if (isListenOnly) this.close();
    this.listenOnly(isListenOnly);
    this.changed();
  }

  // The device was pulled out, or the system took it.
  lost(microphone: M): void {
    if (microphone !== this.microphone) return;
    this.microphone = null;
    this.problem = 'microphone-lost';
    this.status = 'problem';
    this.changed();
    microphone.close();
  }

  // Something was plugged in or out. Where a microphone was missing, the new one may be it.
  async handleDevicesChanged(): Promise<void> {
    if (this.status === 'live') return this.refreshDevices();
    if (this.problem !== 'microphone-absent' && this.problem !== 'microphone-lost') return;
    if ((await this.ports.devices()).length > 0 && await this.ports.isGranted()) await this.check();
  }

  // Frees the device: its light goes out.
  close(): void {
    this.attempt++;
    this.microphone?.close();
    this.microphone = null;
    this.problem = null;
    this.status = 'unasked';
    this.changed();
  }

  private listenOnly(isListenOnly: boolean): void {
    this.isListenOnly = isListenOnly;
    this.preferences.isListenOnly = isListenOnly;
  }

  private async refreshDevices(): Promise<void> {
    this.devices = await this.ports.devices();
    this.changed();
  }

  private async openChosen(): Promise<M> {
    const { deviceId, ...processing } = this.options;
    if (deviceId === '') return this.ports.open(processing);
    try {
      return await this.ports.open(this.options);
    } catch (error) {
      // The remembered device may be in a drawer today: take what there is.
      if (microphoneProblemOf(error) !== 'microphone-absent') throw error;
      return this.ports.open(processing);
    }
  }
}
