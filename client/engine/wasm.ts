// The only module that touches WASM memory.

/** Fetches and compiles. Any thread may instantiate the result; it travels in messages. */
export async function compileWasm(url: string): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  try {
    return await WebAssembly.compileStreaming(response.clone());
  } catch {
    // A server that does not say application/wasm, or a browser without streaming. A spoilt file fails again here.
    return WebAssembly.compile(await response.arrayBuffer());
  }
}

type Export = (...args: number[]) => number;

const kErrnoBadFile = 8; // WASI's EBADF: Opus' assertion messages go nowhere (DESIGN.md §14)

const kImports: Record<string, Export> = {
  proc_exit: (code) => {
    throw new Error(`the WASM module gave up (exit code ${code})`);
  },
  fd_write: () => kErrnoBadFile,
  fd_seek: () => kErrnoBadFile,
  fd_close: () => kErrnoBadFile,
};

/** An instance with a scratch buffer, through which everything longer than a number passes. */
export class WasmInstance {
  private readonly exports: Record<string, Export>;
  private readonly memory: WebAssembly.Memory;
  private readonly scratchAt: number;
  readonly scratchBytes: number;
  private view = new Uint8Array(0); // of the whole memory; growth makes it stale

  constructor(module: WebAssembly.Module, scratchName: string) {
    const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: kImports });
    const { memory, ...functions } = instance.exports;
    if (!(memory instanceof WebAssembly.Memory)) throw new Error('the WASM module exports no memory');
    this.memory = memory;
    this.exports = functions as Record<string, Export>;
    this.call('_initialize');
    this.scratchAt = this.call(scratchName);
    this.scratchBytes = this.call(`${scratchName}_size`);
  }

  call(name: string, ...args: number[]): number {
    const function_ = this.exports[name];
    if (!function_) throw new Error(`the WASM module exports no ${name}`);
    return function_(...args);
  }

  /** Puts the parts one after the other at the start of the scratch buffer. Returns their length, null: too long. */
  put(...parts: Uint8Array[]): number | null {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    if (length > this.scratchBytes) return null;
    const memory = this.bytes();
    let at = this.scratchAt;
    for (const part of parts) {
      memory.set(part, at);
      at += part.length;
    }
    return length;
  }

  /** A view of the scratch buffer, good until the next call. */
  scratch(length: number): Uint8Array<ArrayBuffer> {
    return this.bytes().subarray(this.scratchAt, this.scratchAt + length);
  }

  /** The same as samples. */
  scratchFloats(length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.bytes().buffer, this.scratchAt, length);
  }

  /** A view of `length` bytes at a pointer that the module gave, good until the next call. */
  at(pointer: number, length: number): Uint8Array<ArrayBuffer> {
    return this.bytes().subarray(pointer, pointer + length);
  }

  words(pointer: number, length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.bytes().buffer, pointer, length);
  }

  private bytes(): Uint8Array<ArrayBuffer> {
    if (this.view.buffer !== this.memory.buffer) this.view = new Uint8Array(this.memory.buffer as ArrayBuffer);
    return this.view as Uint8Array<ArrayBuffer>;
  }
}
