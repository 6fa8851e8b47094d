// Builds the guide as a site: node build.mjs FOLDER. The pages are the repository's own Markdown; they are laid out
// beside FOLDER as the site has them, with what they show, and VitePress makes HTML of them.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { copies, root } from './pages.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const folder = path.resolve(process.argv[2])
const staging = folder + '-pages'

fs.rmSync(staging, { recursive: true, force: true })
for (const [from, to] of copies()) {
    const target = path.join(staging, to)
    fs.mkdirSync(path.dirname(target), { recursive: true })
    fs.cpSync(path.join(root, from), target, { recursive: true })
}
fs.symlinkSync(path.join(here, 'node_modules'), path.join(staging, 'node_modules'), 'junction') // pages import Vue
process.env.DUALITY_PAGES = staging
process.env.NODE_ENV = 'production'
const { build } = await import('vitepress')
await build(here, { outDir: folder })
console.log(path.join(folder, 'index.html'))
