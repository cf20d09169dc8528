// A storage that forgets with the test.
import type { KeptText } from '../kept.ts';

export function memory(text: string | null = null): KeptText & { text: string | null } {
  return {
    text,
    getItem() {
      return this.text;
    },
    setItem(_key, value) {
      this.text = value;
    },
  };
}
