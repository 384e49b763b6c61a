// Draws the page's diagrams, if it has any: only then is mermaid loaded. Each is drawn for light and for
// dark, and site.css shows the one that fits, so that a change of theme or a printer needs no script.
(() => {
    'use strict';
    const diagrams = [...document.querySelectorAll('pre.mermaid')];
    if (!diagrams.length) return;

    const looks = {
        light: { theme: 'default' },
        // mermaid's own backgrounds of notes and of labels on edges fail the contrast with their text.
        dark: {
            theme: 'dark',
            themeVariables: { edgeLabelBackground: '#2b2b2b', noteBkgColor: '#3a3a3a', noteTextColor: '#eee' },
        },
    };

    function load() {
        return new Promise((resolve, reject) => {
            const script = document.createElement('script');
            script.src = path_to_root + 'mermaid.min.js';
            script.onload = resolve;
            script.onerror = reject;
            document.head.append(script);
        });
    }

    // Every sequence diagram calls its arrowhead `arrowhead`; the one found first may be in a hidden drawing.
    function makeIdsUnique(svg, prefix) {
        const ids = new Set(Array.from(svg.matchAll(/\bid="([^"]+)"/g), ([, id]) => id));
        const rename = (match, before, id) => (ids.has(id) && id !== prefix ? `${before}${prefix}-${id}` : match);
        return svg.replace(/(\bid="|url\(#|href="#)([^")]+)/g, rename);
    }

    // The paragraph after a diagram says what it shows.
    function describe(diagram, i) {
        diagram.setAttribute('role', 'img');
        diagram.setAttribute('aria-label', 'Diagram');
        const words = diagram.nextElementSibling;
        if (words?.tagName !== 'P') return;
        words.id ||= `diagram-${i}-words`;
        diagram.setAttribute('aria-describedby', words.id);
    }

    // The source stays on the page until both its pictures are there, and if they never are.
    async function draw(diagram, i) {
        const { fontFamily } = getComputedStyle(document.body);
        const source = diagram.textContent;
        const pictures = [];
        for (const [name, look] of Object.entries(looks)) {
            const id = `diagram-${i}-${name}`;
            mermaid.initialize({ startOnLoad: false, suppressErrorRendering: true, fontFamily, ...look });
            const { svg } = await mermaid.render(id, source);
            const picture = document.createElement('div');
            picture.className = name;
            picture.innerHTML = makeIdsUnique(svg, id);
            pictures.push(picture);
        }
        diagram.replaceChildren(...pictures);
        describe(diagram, i);
    }

    async function drawAll() {
        await load();
        for (const [i, diagram] of diagrams.entries()) await draw(diagram, i).catch(console.error);
    }

    const drawn = drawAll().catch(console.error);
    // mdBook's page for printing prints itself, drawn or not.
    const print = window.print.bind(window);
    window.print = () => drawn.then(print);
})();
