// What the panel "Who carries whose voice" shows: which tree, whose links, how. Pure; told the time.
import type { RoomPicture } from '@grove/client';
import { text } from '../text.ts';
import { linkTable, type LinkTable } from './link_table.ts';
import { plainName } from './plain_name.ts';
import { SpeakerFollow } from './speaker_follow.ts';
import { byName, type VoiceTree, voiceTree } from './voice_tree.ts';

export const kFollow = '';  // no id: whoever speaks now

export interface Choice {
  readonly id: string;
  readonly name: string;
  readonly isMe: boolean;
}

export class TreesView {
  picture: RoomPicture | null = null;
  areGuardiansShown = false;
  isTextShown = false;
  private chosen = kFollow;
  private linksChosen = '';  // nobody: me
  private speaker: string | null = null;
  private readonly follow = new SpeakerFollow();

  show(picture: RoomPicture): void {
    this.picture = picture;
    if (this.speaker !== null && !this.isHere(this.speaker)) {
      this.follow.forget(this.speaker);
      this.speaker = null;
    }
  }

  // True: another tree is to be seen now.
  hear(speaking: readonly string[], nowMs: number): boolean {
    const before = this.source;
    this.speaker = this.follow.update(speaking, nowMs);
    return this.source !== before;
  }

  choose(id: string): void {
    this.chosen = id;
  }

  chooseLinks(id: string): void {
    this.linksChosen = id;
  }

  // Whoever is chosen and has left leaves the choice to the voices again.
  get choice(): string {
    return this.isHere(this.chosen) ? this.chosen : kFollow;
  }

  get source(): string {
    const me = this.picture?.me ?? '';
    if (this.choice !== kFollow) return this.choice;
    return this.speaker !== null && this.isHere(this.speaker) ? this.speaker : me;
  }

  get linksOf(): string {
    return this.isHere(this.linksChosen) ? this.linksChosen : this.picture?.me ?? '';
  }

  get tree(): VoiceTree | null {
    return this.picture && voiceTree(this.picture, this.source);
  }

  get isLive(): boolean {
    const { source } = this;
    return this.picture?.trees.some((tree) => tree.source === source && tree.live) ?? false;
  }

  get links(): LinkTable | null {
    return this.picture && linkTable(this.picture, this.linksOf);
  }

  // Me first, then by name.
  get choices(): Choice[] {
    if (!this.picture) return [];
    const { me, people } = this.picture;
    return people
      .map(({ id, name }) => ({ id, name: plainName(name, text.peer.nameless), isMe: id === me }))
      .sort((one, other) => Number(other.isMe) - Number(one.isMe) || byName(one, other));
  }

  get named(): Choice {
    const { source } = this;
    return this.choices.find(({ id }) => id === source) ?? { id: source, name: text.peer.nameless, isMe: true };
  }

  private isHere(id: string): boolean {
    return this.picture?.people.some((person) => person.id === id) ?? false;
  }
}
