// Which files of the repository the site is made of, and where they are on it.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

const exists = (file) => fs.existsSync(path.join(root, file))

/** The place of a page or file of the repository on the site, both with slashes; undefined if it is not there. */
export function place(file) {
    const docs = file.match(/^docs\/((?!site\/|target\/|src\/|examples\/).+)$/)
    if (docs) return docs[1].replace(/(^|\/)README\.md$/, '$1index.md')
    return { 'README.md': 'index.md', 'benchmarks/README.md': 'benchmarks.md', 'gpu-backend/README.md': 'gpu-kernels.md' }[file]
}

function walk(folder, but = []) {
    if (!exists(folder)) return []
    return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
        const file = `${folder}/${entry.name}`
        if (but.includes(entry.name) || entry.name === 'target') return []
        return entry.isDirectory() ? walk(file) : [file]
    })
}

/** What the site shows as it is, rather than as a page. */
export const isPublic = (file) => exists(file) && !file.endsWith('.md') && !file.endsWith('.svg')

/** Pairs of a file in the repository and its place among the pages. What is not a page or a figure is public. */
export function copies() {
    const docs = walk('docs', ['site', 'src', 'examples', 'javadoc', 'pom.xml'])
    const pages = [...docs, 'benchmarks/README.md', 'gpu-backend/README.md']
    const all = pages.map((file) => [file, isPublic(file) ? `public/${place(file)}` : place(file)])
    if (exists(api)) all.push([api, 'public/api'])
    return all
}

/** Where Maven writes the Javadoc of all modules together. */
const api = 'target/reports/apidocs'

/** The sidebar: the lists of docs/README.md under their headings. */
export function sidebar() {
    const groups = []
    for (const line of fs.readFileSync(path.join(root, 'docs/README.md'), 'utf8').split('\n')) {
        const heading = line.match(/^## (.+)$/)
        const item = line.match(/^- \[(.+?)\]\(([^)#]+)\)/)
        if (heading) groups.push({ text: heading[1], items: [] })
        if (item && groups.length > 0) {
            const target = place(path.posix.normalize(`docs/${item[2]}`))
            const link = '/' + target.replace(/(index)?\.md$/, '')
            // What is not a page is fetched, instead of looked for among the pages.
            groups.at(-1).items.push({ text: item[1], link, ...(target.endsWith('.md') ? {} : { target: '_self' }) })
        }
    }
    return groups.filter((group) => group.items.length > 0)
}

export const hasApi = exists(`${api}/index.html`)
export const hasExplorer = exists('docs/explorer.html')
