// The volume slider: its value is decibels, and its lowest step is silence. So the whole range −∞ … +30 dB of the
// synthesizer's strip is at hand, and one press of an arrow key is one decibel.

export const kLoudestDb = 30;      // the strip's upper limit (core/voice/voice.h)
export const kSliderOff = -50;     // this step means −∞; −49 dB is already inaudible beside any other voice
export const kUnityDb = 0;         // the mark on the slider and where a double click returns to
const kQuietestDb = kSliderOff + 1;

export function dbFromSlider(position: number): number {
  if (!Number.isFinite(position)) return kUnityDb;
  return position <= kSliderOff ? -Infinity : Math.min(position, kLoudestDb);
}

export function sliderFromDb(db: number): number {
  if (db === -Infinity) return kSliderOff;
  if (Number.isNaN(db)) return kUnityDb;
  return Math.round(Math.min(Math.max(db, kQuietestDb), kLoudestDb));
}

// Where on the slider's track 0 … 1 a volume lies.
export function sliderFraction(db: number): number {
  return (sliderFromDb(db) - kSliderOff) / (kLoudestDb - kSliderOff);
}
