'use strict';
// Loaded into a relay under test: at SIGUSR2 it collects its garbage and writes what memory is left to HEAP_PROBE_FILE.
const fs = require('node:fs');
const process = require('node:process');
const { setTimeout } = require('node:timers');
const v8 = require('node:v8');
const vm = require('node:vm');

const PAUSE_MILLISECONDS = 50;
const file = process.env.HEAP_PROBE_FILE;
v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');

process.on('SIGUSR2', () => {
  collect();
  // Buffers are given back beside the event loop, and what only they held is found by the next collection.
  setTimeout(() => {
    collect();
    setTimeout(write, PAUSE_MILLISECONDS);
  }, PAUSE_MILLISECONDS);
});

function write() {
  fs.writeFileSync(`${file}.part`, JSON.stringify(process.memoryUsage()));
  // Whoever waits for the file sees all of it or nothing.
  fs.renameSync(`${file}.part`, file);
}
