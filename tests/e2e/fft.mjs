/** A Fourier transform in place, for one length: a power of two. @param {number} n */
export function makeFft(n) {
  const cosine = Float64Array.from({ length: n / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / n));
  const sine = Float64Array.from({ length: n / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / n));
  return (/** @type {Float64Array} */ re, /** @type {Float64Array} */ im) => {
    for (let i = 1, j = 0; i < n; i++) {
      let bit = n >> 1;
      for (; j & bit; bit >>= 1) j ^= bit;
      j ^= bit;
      if (i < j) {
        [re[i], re[j]] = [/** @type {number} */ (re[j]), /** @type {number} */ (re[i])];
        [im[i], im[j]] = [/** @type {number} */ (im[j]), /** @type {number} */ (im[i])];
      }
    }
    for (let size = 2; size <= n; size <<= 1) {
      const stride = n / size;
      for (let start = 0; start < n; start += size) {
        for (let k = 0; k < size / 2; k++) {
          const c = /** @type {number} */ (cosine[k * stride]);
          const s = /** @type {number} */ (sine[k * stride]);
          const a = start + k;
          const b = a + size / 2;
          const [reB, imB] = [/** @type {number} */ (re[b]), /** @type {number} */ (im[b])];
          const [reA, imA] = [/** @type {number} */ (re[a]), /** @type {number} */ (im[a])];
          const [tr, ti] = [reB * c - imB * s, reB * s + imB * c];
          re[a] = reA + tr;
          im[a] = imA + ti;
          re[b] = reA - tr;
          im[b] = imA - ti;
        }
      }
    }
  };
}

/** @param {number} n */
export function hann(n) {
  return Float64Array.from({ length: n }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / n));
}
