// The part of the authorization server that has to do with people: it joins users, grants, the
// sign-in pages and the signing of id tokens into one thing the surfaces can ask.

import type { AppRegistration, LaunchRequest, StartedLaunch } from '../contract.ts'
import type { Random } from '../random.ts'
import { type Draft, json, plain } from '../reply.ts'
import type { Switches } from '../switches.ts'
import type { WireRequest } from '../wire.ts'
import type { World } from '../world/index.ts'
import type { Apps } from './apps.ts'
import { authorizeFields, readAuthorize } from './authorize.ts'
import { createUsedAssertions, type UsedAssertions } from './client-proof.ts'
import { createGrants, type Grants } from './grants.ts'
import { staticFile } from './pages.ts'
import { createSignIns } from './sign-in.ts'
import { createSigner, type Signer } from './signer.ts'
import { createUsers, isStaff, type Users } from './users.ts'

export interface People {
  readonly users: Users
  readonly grants: Grants
  readonly signer: Signer
  readonly used: UsedAssertions
  /** Answers `GET` and `POST /oauth/oauth2/authorize`. */
  authorize(request: WireRequest, rawQuery: string, now: number): Draft
  /** Answers what lies under `/oauth/sign-in`. */
  signIn(request: WireRequest, file: string | undefined, now: number): Draft
  /** Throws a RangeError that says what is missing or not allowed. */
  startLaunch(request: LaunchRequest, now: number): StartedLaunch
  /** Ends all tokens of an app. */
  revokeClient(clientId: string): void
  jwks(): Promise<Draft>
}

interface Parts {
  readonly random: Random
  readonly apps: Apps
  readonly switches: Switches
  readonly world: World
  readonly publicUrl: string
}

export function createPeople(parts: Parts): People {
  const { random, apps, switches, world, publicUrl } = parts
  const users = createUsers(world)
  const grants = createGrants(random.stream('grants'), apps)
  const signIns = createSignIns(random.stream('pages'))
  const signer = createSigner()
  const contextAt = (now: number) => ({ apps, grants, switches, world, publicUrl, users, now })
  return {
    users,
    grants,
    signer,
    used: createUsedAssertions(),
    authorize(request, rawQuery, now) {
      if (request.method !== 'GET' && request.method !== 'POST') return plain(405, '')
      const context = contextAt(now)
      const asked = readAuthorize(authorizeFields(request, rawQuery), context)
      return 'status' in asked ? asked : signIns.begin(asked, request, context)
    },
    signIn(request, file, now) {
      const fixed = request.method === 'GET' && file !== undefined ? staticFile(file) : undefined
      if (fixed !== undefined) return fixed
      if (file !== undefined || request.method !== 'POST') return plain(404, 'Not Found')
      return signIns.submit(request, contextAt(now))
    },
    startLaunch: (request, now) => startLaunch(request, { ...parts, users, grants, now }),
    revokeClient: (clientId) => grants.revokeClient(clientId),
    jwks: async () => json(200, { keys: await signer.keys() }),
  }
}

function startLaunch(
  request: LaunchRequest,
  context: Parts & { readonly users: Users; readonly grants: Grants; readonly now: number },
): StartedLaunch {
  const { apps, switches, world, publicUrl, users, grants, now } = context
  const { clientId, practice, patient, encounter, username = 'provider' } = request
  const view = world.practice(practice)
  const app = apps.get(clientId)
  if (view === undefined) throw new RangeError('practice: no practice with this code')
  if (app === undefined) throw new RangeError('clientId: no app with this client id')
  const launchUrl = launchUrlOf(app, switches)
  if (!app.activatedFor.includes(practice)) throw new RangeError('the app is not active there')
  const user = users.find(practice, username, now)
  if (user === undefined || !isStaff(user)) throw new RangeError('username: no member of staff')
  if (view.get('Patient', patient, now) === undefined) throw new RangeError('patient: unknown')
  if (encounter !== undefined) {
    const subject = view.get('Encounter', encounter, now)?.subject
    if (JSON.stringify(subject ?? '').includes(`Patient/${patient}"`) !== true) {
      throw new RangeError('encounter: not one of this patient')
    }
  }
  const expiresAt = now + Number(switches.value('launch-lifetime')) * 1000
  const needsBanner = request.needsBanner ?? true
  const launch = { clientId, practice, user, patient, encounter, needsBanner }
  const value = grants.launch(launch, expiresAt)
  launchUrl.searchParams.set('iss', `${publicUrl}/fhir/r4/${practice}`)
  launchUrl.searchParams.set('launch', value)
  return { url: launchUrl.href, launch: value, expiresAt }
}

/** [D]: localhost may be a redirect URI while developing, and no EHR launch URL. */
function launchUrlOf(app: AppRegistration, switches: Switches): URL {
  const url = URL.parse(app.launchUrl ?? '')
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new RangeError('the app has no launchUrl to open')
  }
  const isLocal = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
  if (isLocal && switches.is('local-launch-url', 'refused')) {
    const words = 'the vendor takes no launch URL on this machine'
    throw new RangeError(`${words}; set the switch local-launch-url to allowed to try it here`)
  }
  return url
}
