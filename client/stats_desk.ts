// Puts the answers of both Workers to one question about figures together.
import type { FromAudio, FromNetwork } from './engine/messages.ts';
import type { PeerStats, RoomStats } from './stats.ts';

type NetworkAnswer = Extract<FromNetwork, { kind: 'stats' }>;
type AudioAnswer = Extract<FromAudio, { kind: 'stats' }>;

interface Question {
  network?: NetworkAnswer;
  audio?: AudioAnswer;
  resolve: (stats: RoomStats) => void;
  reject: (error: Error) => void;
}

export class StatsDesk {
  private readonly questions = new Map<number, Question>();
  private last = 0;

  constructor(
    private readonly idOf: (peer: number) => string | null,
    private readonly mainThread: () => { captureOverruns: number; messagesSpoilt: number },
  ) {}

  /** @param ask passes the question's number to both Workers */
  open(ask: (request: number) => void): Promise<RoomStats> {
    const request = ++this.last;
    return new Promise((resolve, reject) => {
      this.questions.set(request, { resolve, reject });
      ask(request);
    });
  }

  answer(part: { network: NetworkAnswer } | { audio: AudioAnswer }): void {
    const request = 'network' in part ? part.network.request : part.audio.request;
    const question = this.questions.get(request);
    if (!question) return;
    Object.assign(question, part);
    if (!question.network || !question.audio) return;
    this.questions.delete(request);
    question.resolve(this.combine(question.network, question.audio));
  }

  close(error: Error): void {
    for (const question of this.questions.values()) question.reject(error);
    this.questions.clear();
  }

  private combine(network: NetworkAnswer, audio: AudioAnswer): RoomStats {
    const { captureOverruns, messagesSpoilt } = this.mainThread();
    const peers: Record<string, PeerStats> = {};
    for (const [number, stats] of audio.peers) {
      const id = this.idOf(number);
      if (id !== null) peers[id] = stats;
    }
    return {
      node: network.node,
      sound: {
        ...audio.sound,
        captureOverruns,
        frameQueueDrops: network.frameQueueDrops + audio.frameQueueDrops,
      },
      peers,
      messagesSpoilt,
    };
  }
}
