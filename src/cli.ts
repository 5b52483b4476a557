#!/usr/bin/env node
import 'reflect-metadata';
import { buildProgram } from './commands/program.js';
import { runCli } from './commands/terminal/run-cli.js';

/** `prompt-ledger …`: docs/cli.md has every command. */
void runCli(buildProgram());
