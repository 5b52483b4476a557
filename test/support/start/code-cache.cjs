'use strict';
// Preloaded into the processes that tests start. Reads the bytecode of the build, and the targets of each `require`, from a file
// beside this one. The build itself still runs: each text is read from disk, and V8 only skips compiling it again. Node has its own
// cache of this kind from 22 on, but the tests run on 20 as well.
const { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const vm = require('node:vm');
const { isMainThread } = require('node:worker_threads');

const FILE = path.join(__dirname, 'start.cache');

// A thread loads few files, and its memory is bounded.
if (isMainThread) {
  if (existsSync(FILE)) useCache();
  else if (process.env.LEDGER_TEST_RECORDS_START === 'true') record();
}

function useCache() {
  const bytes = readFileSync(FILE);
  const dataFrom = 4 + bytes.readUInt32LE(0);
  const { paths, scripts } = JSON.parse(bytes.toString('utf8', 4, dataFrom));
  const nothing = () => undefined;
  hook({ paths, scripts, data: bytes.subarray(dataFrom), onResolved: nothing, onCompiled: nothing });
}

/** Writes the cache when this process ends, because by then V8 has compiled the functions that a start calls. */
function record() {
  const paths = {};
  const compiled = new Map();
  hook({
    paths: {},
    scripts: {},
    data: Buffer.alloc(0),
    onResolved: (key, file) => (paths[key] = file),
    onCompiled: (file, script) => compiled.set(file, script),
  });
  process.once('exit', () => {
    const entry = process.argv[1];
    loadAll(path.dirname(entry));
    const scripts = {};
    const parts = [];
    let at = 0;
    for (const [file, script] of compiled) {
      const part = script.createCachedData();
      parts.push(part);
      scripts[file] = [at, (at += part.length)];
    }
    const index = Buffer.from(JSON.stringify({ paths, scripts }));
    const head = Buffer.alloc(4);
    head.writeUInt32LE(index.length);
    // Renamed into place, so that no other process reads half of it.
    writeFileSync(`${FILE}.draft`, Buffer.concat([head, index, ...parts]));
    renameSync(`${FILE}.draft`, FILE);
  });
}

/** Loads what the worker and the commands need, but not the files beside the entry and those of threads, which would start something. */
function loadAll(folder) {
  for (const file of readdirSync(folder, { recursive: true })) {
    if (file.includes(path.sep) && file.endsWith('.js') && !file.endsWith('-thread.js')) {
      require(path.join(folder, file));
    }
  }
}

function hook({ paths, scripts, data, onResolved, onCompiled }) {
  const { _resolveFilename: resolveFilename } = Module;
  const { _compile: compile } = Module.prototype;

  Module._resolveFilename = function (request, parent, isMain, options) {
    const resolve = () => resolveFilename.call(this, request, parent, isMain, options);
    if (options !== undefined || !parent?.filename || Module.isBuiltin(request)) return resolve();
    const key = `${path.dirname(parent.filename)}\n${request}`;
    if (paths[key] !== undefined) return paths[key];
    const file = resolve();
    onResolved(key, file);
    return file;
  };

  Module.prototype._compile = function (content, filename, ...rest) {
    // V8 loses the callback of an `import()` in cached code. An ECMAScript module is not a script of this kind.
    if (filename.endsWith('.mjs') || content.includes('import(') || content.startsWith('#!')) {
      return compile.call(this, content, filename, ...rest);
    }
    const known = scripts[filename];
    const script = new vm.Script(Module.wrap(content), {
      filename,
      ...(known !== undefined && { cachedData: data.subarray(...known) }),
    });
    onCompiled(filename, script);
    const run = script.runInThisContext();
    return run.call(this.exports, this.exports, requireOf(this), this, filename, path.dirname(filename));
  };
}

/** Builds the `require` that Node gives to a module. */
function requireOf(module) {
  const require = (id) => module.require(id);
  require.resolve = (request, options) => Module._resolveFilename(request, module, false, options);
  require.resolve.paths = (request) => Module._resolveLookupPaths(request, module);
  return Object.assign(require, {
    main: process.mainModule,
    extensions: Module._extensions,
    cache: Module._cache,
  });
}
