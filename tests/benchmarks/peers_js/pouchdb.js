// Stores the records of a file (one JSON a line) in PouchDB, and pushes them to an express-pouchdb server in a process of
// its own, by CouchDB's protocol. Nothing is signed, nothing proved; writes are not synced to the disk one by one.
const fs = require('fs')
const { fork } = require('child_process')
const PouchDB = require('pouchdb')
const { lines, seconds, tell } = require('./common')

const BATCH = 100

async function source (file, folder) {
  fs.mkdirSync(folder + '/source')
  const local = new PouchDB(folder + '/source/db')
  const documents = lines(file).map((line, n) => ({ _id: String(n).padStart(9, '0'), ...JSON.parse(line) }))
  const stored = await seconds(async () => {
    for (let at = 0; at < documents.length; at += BATCH) await local.bulkDocs(documents.slice(at, at + BATCH))
  })
  const child = fork(__filename, ['sink', folder])
  child.on('message', async port => {
    const url = 'http://127.0.0.1:' + port + '/kassa'
    let done
    const took = await seconds(async () => { done = await local.replicate.to(url, { batch_size: BATCH }) })
    if (done.docs_written !== documents.length) throw new Error('not all came')
    tell({ store: documents.length / stored, replicate: documents.length / took })
    child.kill()
    process.exit(0)
  })
}

function sink (folder) {
  fs.mkdirSync(folder + '/sink')
  const Kept = PouchDB.defaults({ prefix: folder + '/sink/' })
  const app = require('express')()
  const options = { inMemoryConfig: true, logPath: folder + '/sink/log.txt', mode: 'minimumForPouchDB' }
  app.use('/', require('express-pouchdb')(Kept, options))
  const server = app.listen(0, '127.0.0.1', () => process.send(server.address().port))
}

const [role, ...rest] = process.argv.slice(2)
if (role === 'sink') sink(...rest)
else source(role, ...rest)
