#!/usr/bin/env node
import { buildClientProgram } from './commands/client.program.js';
import { runCli } from './commands/terminal/run-cli.js';

/** `prompt-ledger …` without the service: what the package `@prompt-ledger/cli` is made of. */
void runCli(buildClientProgram());
