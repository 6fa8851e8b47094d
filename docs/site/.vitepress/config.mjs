import path from 'node:path'
import { hasApi, hasExplorer, isPublic, place, sidebar } from '../pages.mjs'

/** The repository's place of a page, from its place on the site. */
const origin = { 'benchmarks.md': 'benchmarks/README.md', 'gpu-kernels.md': 'gpu-backend/README.md' }
const source = (page) => origin[page] ?? 'docs/' + page.replace(/(^|\/)index\.md$/, '$1README.md')

/** The anchors of headings, as code hosts make them. */
const slug = (text) =>
    text
        .trim()
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
        .replace(/\s/g, '-')

/** Links go where the site has what the repository's links lead to; what it does not have is no link. */
function links(md) {
    md.core.ruler.push('places', ({ tokens, env }) => {
        const from = path.posix.dirname(source(env.relativePath))
        for (const { children } of tokens) {
            for (let i = 0; i < (children ?? []).length; i++) {
                const href = children[i].type === 'link_open' ? children[i].attrGet('href') : null
                if (href === null || /^([a-z]+:|#)/.test(href)) continue
                const [, file, anchor] = href.match(/^([^#]*)(#.*)?$/)
                const target = path.posix.join(from, file)
                const to = place(target)
                if (to === undefined || !/\.\w+$/.test(to)) {
                    const close = children.findIndex((token, j) => j > i && token.type === 'link_close')
                    children[i] = Object.assign(children[i], { type: 'em_open', tag: 'em', attrs: null })
                    children[close] = Object.assign(children[close], { type: 'em_close', tag: 'em' })
                } else {
                    children[i].attrSet('href', '/' + to + (anchor ?? ''))
                    if (isPublic(target)) children[i].attrSet('target', '_self')
                }
            }
        }
    })
}

/** Formulas in ```math listings, which code hosts show too. */
function mathListings(md) {
    const fence = md.renderer.rules.fence
    md.renderer.rules.fence = (tokens, index, ...rest) =>
        tokens[index].info.trim() === 'math'
            ? md.renderer.rules.math_block([tokens[index]], 0, ...rest)
            : fence(tokens, index, ...rest)
}

export default {
    title: 'Duality',
    description: 'State space models, masked attention and semiseparable matrices: one map, proven and run',
    lang: 'en',
    srcDir: process.env.DUALITY_PAGES,
    cacheDir: process.env.DUALITY_PAGES + '/.cache',
    metaChunk: true,
    markdown: {
        math: true,
        attrs: { disable: true }, // code hosts print braces
        anchor: { slugify: slug },
        languageAlias: { text: 'txt' },
        config(md) {
            md.use(links)
            mathListings(md)
        },
    },
    themeConfig: {
        search: { provider: 'local' },
        sidebar: sidebar(),
        nav: [
            ...(hasExplorer ? [{ text: 'Explorer', link: '/explorer.html', target: '_self' }] : []),
            ...(hasApi ? [{ text: 'Java API', link: '/api/index.html', target: '_self' }] : []),
        ],
        outline: [2, 3],
        externalLinkIcon: true,
    },
}
