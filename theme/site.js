// What mdBook's pages lack for a reader at the keyboard, with a screen reader, on paper.
(() => {
    'use strict';
    const byId = id => document.getElementById(id);

    // Only the themes that site.css makes right are offered.
    function offerThemes() {
        for (const name of ['rust', 'coal', 'ayu']) byId(`mdbook-theme-${name}`).parentElement.remove();
        byId('mdbook-theme-navy').textContent = 'Dark';
    }

    function addSkipLink() {
        byId('mdbook-content').tabIndex = -1;
        const link = document.createElement('a');
        link.className = 'skip-link';
        link.href = '#mdbook-content';
        link.textContent = 'Skip to the page';
        document.body.prepend(link);
    }

    // mdBook's toggle is a label, which no key reaches: a button presses it.
    function addContentsButton() {
        const label = byId('mdbook-sidebar-toggle');
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'icon-button contents-button';
        button.title = 'Contents';
        button.setAttribute('aria-label', 'Contents');
        button.setAttribute('aria-controls', 'mdbook-sidebar');
        button.innerHTML = label.innerHTML;
        const mirror = () => button.setAttribute('aria-expanded', label.getAttribute('aria-expanded'));
        new MutationObserver(mirror).observe(label, { attributeFilter: ['aria-expanded'] });
        mirror();
        button.addEventListener('click', event => {
            label.click();
            // The label took the focus with it. A click of no mouse button is the keyboard's: go where it leads.
            const opened = label.getAttribute('aria-expanded') === 'true';
            const current = opened && event.detail === 0 && document.querySelector('#mdbook-sidebar a.active');
            (current || button).focus();
        });
        label.before(button);
        label.hidden = true;
    }

    function nameLandmarks() {
        byId('mdbook-menu-bar').setAttribute('role', 'banner');
        byId('mdbook-search-wrapper')?.setAttribute('role', 'search');
        const search = byId('mdbook-searchbar');
        search?.setAttribute('aria-label', 'Search this book');
        // It names an element that doesn't exist.
        search?.removeAttribute('aria-describedby');
        // The page's own title is its only first heading.
        document.querySelector('.menu-title').setAttribute('role', 'none');
    }

    // What scrolls sideways scrolls by keys, too.
    function reachScrollers() {
        const sizes = new ResizeObserver(entries => {
            for (const { target } of entries) {
                if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
                else target.removeAttribute('tabindex');
            }
        });
        for (const scroller of document.querySelectorAll('pre > code, .table-wrapper')) sizes.observe(scroller);
    }

    function printAnswers() {
        let closed = [];
        addEventListener('beforeprint', () => {
            closed = [...document.querySelectorAll('details:not([open])')];
            for (const details of closed) details.open = true;
        });
        addEventListener('afterprint', () => {
            for (const details of closed) details.open = false;
        });
    }

    offerThemes();
    addSkipLink();
    addContentsButton();
    nameLandmarks();
    reachScrollers();
    printAnswers();
})();
