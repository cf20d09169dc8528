// Which key presses are meant for the room.

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly repeat: boolean;
}

// Where the focus is: as much of an element as the question needs.
export interface Focus {
  readonly tagName: string;
  readonly type?: string | undefined;
  readonly isContentEditable?: boolean | undefined;
}

const kInputsWithoutText = new Set(['range', 'checkbox', 'radio', 'button', 'submit', 'reset']);

export function isMuteKey(press: KeyPress, focus: Focus | null): boolean {
  if (press.repeat || press.ctrlKey || press.altKey || press.metaKey) return false;
  return press.key.toLowerCase() === 'm' && !isTyping(focus);
}

function isTyping(focus: Focus | null): boolean {
  if (!focus) return false;
  if (focus.isContentEditable === true) return true;
  const tag = focus.tagName.toLowerCase();
  if (tag === 'input') return !kInputsWithoutText.has((focus.type ?? 'text').toLowerCase());
  return tag === 'textarea' || tag === 'select';  // a letter chooses an option
}
