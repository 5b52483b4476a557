import type { Command } from 'commander';
import { newProgram } from './base.program.js';
import { addCodeCommands } from './code.program.js';
import { addLedgerCommands } from './ledger.program.js';
import { addServiceCommands } from './service/service.program.js';

/**
 * All commands. Each loads its part on demand, because the whole service takes a second to load, which `--help` should
 * not.
 */
export function buildProgram(): Command {
  const program = newProgram();
  addServiceCommands(program);
  addLedgerCommands(program);
  addCodeCommands(program);
  return program;
}
