'use strict';
const vm = require('node:vm');

const compileFunction = vm.compileFunction;
/** The latest compiled script of each file. */
const compiled = new Map();
/** The importers of the suite that runs now, as a worker runs one at a time. Those of earlier suites would hold all of their memory. */
let suite = { context: null, importers: new Map() };

/**
 * Jest's runtime, with one difference: each of Jest's workers compiles a file once, and not again for every suite that loads it.
 * Suites share bytecode, which holds no state; each still runs it in a context and with modules of its own. For the suites of src
 * that was a quarter of their processor time: they load the same few thousand files.
 */
vm.compileFunction = (source, parameters = [], options = {}) => {
  const { filename, parsingContext, importModuleDynamically } = options;
  // Only Jest itself asks for all three.
  if (!filename || !parsingContext || !importModuleDynamically) {
    return compileFunction(source, parameters, options);
  }
  if (suite.context !== parsingContext) suite = { context: parsingContext, importers: new Map() };
  suite.importers.set(filename, importModuleDynamically);
  let entry = compiled.get(filename);
  if (entry?.source !== source) {
    entry = { source, script: compile(source, parameters, filename) };
    compiled.set(filename, entry);
  }
  return entry.script.runInContext(parsingContext);
};

/** A function expression; what stands before the source is taken off its first line, so that stacks have the columns of the file. */
function compile(source, parameters, filename) {
  const head = `(function (${parameters.join(', ')}) {`;
  return new vm.Script(`${head}${source}\n})`, {
    filename,
    columnOffset: -head.length,
    importModuleDynamically: (...args) => suite.importers.get(filename)(...args),
  });
}

module.exports = require('jest-runtime');
