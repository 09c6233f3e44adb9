// What stands at an address where there is no page.

import { Link } from '@tanstack/react-router'
import { PageHead } from '../parts/panel.tsx'

export function Lost() {
  return (
    <>
      <PageHead windowTitle="No such page" title="There is no page at this address" />
      <p>
        Go to the <Link to="/">overview</Link>, or press <kbd className="kbd">?</kbd> for the keys.
      </p>
    </>
  )
}
