// What anybody sees who is not signed in: sign-in in two steps, or an invitation to open. It shows
// nothing of the installation but its name.

import { useState } from 'react'
import { invitationIn } from '../api/invitation.ts'
import { Invitation } from './invitation.tsx'
import { SignIn } from './sign-in.tsx'

export function Door() {
  const [token, setToken] = useState(invitationIn)
  return (
    <div className="door">
      <main className="door-form">
        <span className="brand">
          <img src="/console/mark.svg" alt="" />
          Chartway
        </span>
        {token === undefined ? (
          <SignIn />
        ) : (
          <Invitation token={token} onLeave={() => setToken(undefined)} />
        )}
      </main>
      <aside className="door-side" aria-label="What Chartway is">
        <h2>Every chart, how it came here, and how old it is.</h2>
        <ul>
          <li>
            <b>Fresh, and it says so</b>
            Each answer carries the moment the practice last confirmed it.
          </li>
          <li>
            <b>Nothing changes unseen</b>
            Every change is kept, field by field, with the question that showed it.
          </li>
          <li>
            <b>Within the vendor's limits</b>
            Calls are counted by the vendor's own minute, and shown here.
          </li>
        </ul>
        <Trace />
      </aside>
    </div>
  )
}

/** The mark's line, drawn long: a quiet picture without meaning. */
function Trace() {
  return (
    <svg viewBox="0 0 460 80" aria-hidden="true">
      <path
        d="M0 48h96l12-14 14 26 16-48 18 60 12-24h76l10-12 12 20 14-36 16 44 10-16h146"
        fill="none"
        stroke="#7fe0d2"
        strokeOpacity="0.75"
        strokeWidth="2"
        strokeLinejoin="round"
      />
    </svg>
  )
}
