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
  /** @throws RangeError when the maximum is reached. */
  grow(pages: number): number;
}

export interface Engine {
  readonly quickJs: QuickJSWASMModule;
  /** Whether the code exceeded the memory. It may have caught the error, or the engine may have lacked the memory to create one. */
  readonly hasRunOut: () => boolean;
}

/** The part that we use, because the configured TypeScript library does not declare it. */
interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<object>;
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => WasmMemory;
}
const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };

let compiled: Promise<object> | undefined;

/**
 * Creates a new JavaScript engine for each run, in 1.4 ms, so that nothing a run broke or left in memory survives. The WebAssembly memory
 * bounds the engine's. The engine's own limit counts only allocation overhead, because it cannot ask how large a block is: with "32 MB" it
 * went up to 2 GB.
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
 * How often the engine tries to grow its memory, with a smaller reserve each time, before it gives up: Emscripten's
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

/** Resolves the file from the engine's own package, because it belongs to one of its dependencies. */
async function compile(): Promise<object> {
  const engine = createRequire(__filename).resolve('quickjs-emscripten');
  return WebAssembly.compile(await readFile(createRequire(engine).resolve(WASM_FILE)));
}
