// What the panel "Who carries whose voice" shows: which tree, whose links, how. Pure; told the time.
import type { RoomPicture } from '@grove/client';
import { text } from '../text.ts';
import { linkTable, type LinkTable } from './link_table.ts';
import { RecentSpeakers, SpeakerFollow } from './speaker_follow.ts';
import { byName, namesOf, type VoiceTree, voiceTree } from './voice_tree.ts';

// No ids:
export const kFollow = '';      // whoever speaks now
export const kEverybody = '*';  // all who take part in what is being said

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
  private recent: readonly string[] = [];
  private readonly follow = new SpeakerFollow();
  private readonly recents = new RecentSpeakers();

  show(picture: RoomPicture): void {
    this.picture = picture;
    if (this.speaker !== null && !this.isHere(this.speaker)) {
      this.follow.forget(this.speaker);
      this.speaker = null;
    }
  }

  // True: other trees are to be seen now.
  hear(speaking: readonly string[], nowMs: number): boolean {
    const before = this.sources.join();
    this.speaker = this.follow.update(speaking, nowMs);
    this.recent = this.recents.update(speaking, nowMs);
    return this.sources.join() !== before;
  }

  choose(id: string): void {
    this.chosen = id;
  }

  chooseLinks(id: string): void {
    this.linksChosen = id;
  }

  // Whoever is chosen and has left leaves the choice to the voices again.
  get choice(): string {
    return this.chosen === kEverybody || this.isHere(this.chosen) ? this.chosen : kFollow;
  }

  // Whose trees are to be seen. Before anybody has spoken: mine.
  get sources(): string[] {
    const { choice } = this;
    if (choice === kEverybody) {
      const here = this.recent.filter((id) => this.isHere(id));
      if (here.length > 0) return here;
    } else if (choice !== kFollow) {
      return [choice];
    }
    const speaker = this.speaker !== null && this.isHere(this.speaker) ? this.speaker : this.picture?.me;
    return speaker === undefined ? [] : [speaker];
  }

  get linksOf(): string {
    return this.isHere(this.linksChosen) ? this.linksChosen : this.picture?.me ?? '';
  }

  treeOf(source: string): VoiceTree | null {
    return this.picture && voiceTree(this.picture, source);
  }

  isLive(source: string): boolean {
    return this.picture?.trees.some((tree) => tree.source === source && tree.live) ?? false;
  }

  get links(): LinkTable | null {
    return this.picture && linkTable(this.picture, this.linksOf);
  }

  // Me first, then by name.
  get choices(): Choice[] {
    if (!this.picture) return [];
    const { me, people } = this.picture;
    const names = namesOf(this.picture);
    return people
      .map(({ id }) => ({ id, name: names.get(id) ?? text.peer.nameless, isMe: id === me }))
      .sort((one, other) => Number(other.isMe) - Number(one.isMe) || byName(one, other));
  }

  named(id: string): Choice {
    return this.choices.find((choice) => choice.id === id) ?? { id, name: text.peer.nameless, isMe: false };
  }

  private isHere(id: string): boolean {
    return this.picture?.people.some((person) => person.id === id) ?? false;
  }
}
