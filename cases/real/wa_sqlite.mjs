// SQLite (wa-sqlite), published with Asyncify, on a file system in memory whose every call suspends.
//
// The asynchronous build has minified export names and no asyncify_get_state. Healthy: every run
// prints the same and exits with 0.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as SQLite from 'wa-sqlite';
import createSqlite from 'wa-sqlite/dist/wa-sqlite-async.mjs';
import { MemoryAsyncVFS } from 'wa-sqlite/src/examples/MemoryAsyncVFS.js';

const kScript = `
  PRAGMA page_size = 1024;
  PRAGMA cache_size = 8;
  CREATE TABLE planet (id INTEGER PRIMARY KEY, name TEXT NOT NULL, moons INTEGER);
  INSERT INTO planet (name, moons) VALUES
    ('Mercury', 0), ('Venus', 0), ('Earth', 1), ('Mars', 2), ('Jupiter', 95), ('Saturn', 146);
  CREATE TABLE reading (
    id INTEGER PRIMARY KEY, planet INTEGER REFERENCES planet(id), value INTEGER, note TEXT);
  WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 599)
    INSERT INTO reading (planet, value, note)
    SELECT i % 6 + 1, (i * 7919) % 1000, printf('note %04d', i) FROM n;
  CREATE INDEX reading_by_value ON reading (value);
  SELECT name, count(*), sum(value), max(note) FROM planet JOIN reading ON planet.id = reading.planet
    GROUP BY name ORDER BY sum(value) DESC;
  BEGIN;
  UPDATE reading SET value = value + 1000 WHERE planet IN (SELECT id FROM planet WHERE moons > 1);
  ROLLBACK;
  DELETE FROM reading WHERE value % 3 = 0;
  SELECT count(*), sum(value) FROM reading;
  SELECT group_concat(note, ',') FROM
    (SELECT note FROM reading WHERE value BETWEEN 100 AND 120 ORDER BY value);
  VACUUM;
  PRAGMA integrity_check;
`;

const wasm = createRequire(import.meta.url).resolve('wa-sqlite/dist/wa-sqlite-async.wasm');
const sqlite3 = SQLite.Factory(await createSqlite({ wasmBinary: await readFile(wasm) }));
const vfs = new MemoryAsyncVFS();
sqlite3.vfs_register(vfs, true);

// Registering gave the file system its way to suspend; every call of it is a suspend.
let suspends = 0;
const { handleAsync } = vfs;
vfs.handleAsync = (operation) => {
  suspends += 1;
  return handleAsync(operation);
};

const database = await sqlite3.open_v2('planets.db');
await sqlite3.exec(database, kScript, (row) => console.log(row.join(' | ')));
await sqlite3.close(database);
console.log(`suspends: ${suspends}`);
