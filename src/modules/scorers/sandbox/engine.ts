import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSWASMModule,
  RELEASE_SYNC,
} from 'quickjs-emscripten';
import { SANDBOX } from './sandbox-bounds.js';

const PAGE_BYTES = 64 * 1024;
const WASM_FILE = '@jitl/quickjs-wasmfile-release-sync/wasm';

interface WasmMemory {
  /** @throws RangeError when there is no more. */
  grow(pages: number): number;
}

export interface Engine {
  readonly quickJs: QuickJSWASMModule;
  /** Whether memory was asked for that there is not; code may have caught the error, or the engine may have had none left to make it of. */
  readonly hasRunOut: () => boolean;
}

/** The part that we use: the library that the sources compile against does not have it. */
interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<object>;
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => WasmMemory;
}
const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };

let compiled: Promise<object> | undefined;

/**
 * A JavaScript engine of its own for each run, in 1.4 ms: what a run broke, or left in memory, is gone with it. The bound of memory is
 * that of the WebAssembly memory. The engine's own limit counts only the overhead of what it allocates, because it cannot ask how
 * large a block is: below "32 MB" it went up to 2 GB.
 */
export async function newEngine(): Promise<Engine> {
  compiled ??= compile();
  const wasmModule = await compiled;
  const wasmMemory = new WebAssembly.Memory({
    initial: SANDBOX.initialBytes / PAGE_BYTES,
    maximum: SANDBOX.memoryBytes / PAGE_BYTES,
  });
  const hasRunOut = watchGrowth(wasmMemory);
  const quickJs = await newQuickJSWASMModuleFromVariant(newVariant(RELEASE_SYNC, { wasmModule, wasmMemory }));
  return { quickJs, hasRunOut };
}

/**
 * The engine asks for memory up to so many times, for ever less beyond its need, and gives up when all of them failed: Emscripten's
 * `emscripten_resize_heap`.
 */
const TRIES_TO_GROW = 3;

function watchGrowth(memory: WasmMemory): () => boolean {
  const grow = memory.grow.bind(memory);
  let failed = 0;
  let hasRunOut = false;
  memory.grow = (pages) => {
    try {
      const before = grow(pages);
      failed = 0;
      return before;
    } catch (error) {
      failed += 1;
      if (failed >= TRIES_TO_GROW) hasRunOut = true;
      throw error;
    }
  };
  return () => hasRunOut;
}

/** The file belongs to a package that the engine depends on, wherever that is installed. */
async function compile(): Promise<object> {
  const engine = createRequire(__filename).resolve('quickjs-emscripten');
  return WebAssembly.compile(await readFile(createRequire(engine).resolve(WASM_FILE)));
}
