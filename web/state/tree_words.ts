// A tree in words, for those who do not see it, and short words for the figures of a link. Pure.
import { text } from '../text.ts';
import type { Branch, LinkFigures, VoiceTree } from './voice_tree.ts';

export interface WordsOfBranch {
  readonly id: string;
  readonly words: string;
  readonly onwards: readonly WordsOfBranch[];
}

export function speakDelay(ms: number | null): string {
  if (ms === null) return text.trees.unmeasured;
  return ms < 1 ? text.trees.underOneMs : text.trees.ms(Math.round(ms));
}

// Beside an edge: nobody reads "0 %" thirty times.
export function speakFigures({ oneWayMs, lossPercent }: LinkFigures): string {
  return lossPercent > 0 ? `${speakDelay(oneWayMs)} · ${lossPercent} %` : speakDelay(oneWayMs);
}

export function summarise({ root, listeners, direct }: VoiceTree): string {
  const whose = whoseVoice(root);
  return direct === listeners ? text.trees.allDirect(whose, listeners) : text.trees.relayed(whose, listeners, direct);
}

export function whoseVoice({ isMe, name }: { isMe: boolean; name: string }): string {
  return isMe ? text.trees.yourVoice : text.trees.voiceOf(name);
}

export function treeWords(root: Branch, guardianNames: ReadonlyMap<string, string> | null): WordsOfBranch[] {
  return root.children.map((child) => wordsOf(child, root, guardianNames));
}

function wordsOf(branch: Branch, parent: Branch, guardianNames: ReadonlyMap<string, string> | null): WordsOfBranch {
  const to = branch.isMe ? text.trees.you : branch.name;
  const guardian = branch.guardian === null ? undefined : guardianNames?.get(branch.guardian);
  const guarded = guardian === undefined ? '' : text.trees.guardedBy(guardian, branch.isHot);
  const figures = `(${figuresOf(branch)})${guarded}`;
  return {
    id: branch.id,
    words: branch.depth === 1 ? text.trees.directly(to, figures) : text.trees.passesOn(parent.isMe, parent.name, to, figures),
    onwards: branch.children.map((child) => wordsOf(child, branch, guardianNames)),
  };
}

function figuresOf({ oneWayMs, lossPercent, depth, totalMs }: Branch): string {
  const parts = [speakDelay(oneWayMs)];
  if (lossPercent > 0) parts.push(text.trees.loss(lossPercent));
  if (depth > 1 && totalMs !== null) parts.push(text.trees.inAll(speakDelay(totalMs)));
  return parts.join(', ');
}
