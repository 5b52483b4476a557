// Loaded into a process of the ledger by NODE_OPTIONS. The names in the JSON of FAULTS_NAMES resolve to the given addresses,
// one list for each lookup, and the last one from then on. All other names do not exist, so nothing leaves this machine.
const dns = require('node:dns');
const { setImmediate } = require('node:timers');

const names = new Map(Object.entries(JSON.parse(process.env.FAULTS_NAMES)));
const asked = new Map();
const { lookup } = dns;

dns.lookup = (hostname, options, callback) => {
  const answers = names.get(hostname);
  if (answers === undefined)
    return lookup(hostname.endsWith('.test') ? 'nowhere.invalid' : hostname, options, callback);
  const turn = asked.get(hostname) ?? 0;
  asked.set(hostname, turn + 1);
  const addresses = answers[Math.min(turn, answers.length - 1)].map((address) => ({
    address,
    family: address.includes(':') ? 6 : 4,
  }));
  setImmediate(() => callback(null, addresses));
};
