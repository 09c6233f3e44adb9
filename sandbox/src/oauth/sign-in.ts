// A person in front of the pages: signs in, chooses a chart, allows or declines. It ends with a
// redirect to the app; what a request may ask was decided before.

import type { TestUser } from '../contract.ts'
import type { Random } from '../random.ts'
import type { Draft } from '../reply.ts'
import type { WireRequest } from '../wire.ts'
import { BASE64URL } from './apps.ts'
import { type Asked, type AuthorizeContext, redirected } from './authorize.ts'
import { isSame } from './client-proof.ts'
import { endedPage, fill, type Markup, page } from './pages.ts'
import { aboutPatient, nameOf, patientChoices, scopeList } from './portrait.ts'
import { createShelf } from './shelf.ts'
import { chartsOf, isStaff, type Users } from './users.ts'

/** Sign-ins going on at most; the oldest go first. */
const SIGN_INS_MAX = 1000
/** How long a person may take, ms of vendor time. */
const SIGN_IN_MS = 1_800_000
/** Wrong passwords until a sign-in ends. */
const ATTEMPTS_MAX = 5
const FORM_CHARACTERS_MAX = 10_000
const COOKIE = 'pretend_portal'

type Step = 'credentials' | 'patient' | 'continue' | 'approve'

interface SignIn {
  readonly id: string
  readonly asked: Asked
  /** Binds the forms to the browser that began: the cookie, and the field beside it. */
  readonly browser: string
  readonly csrf: string
  step: Step
  user: TestUser | undefined
  patient: string | undefined
  attempts: number
}

export interface SignInContext extends AuthorizeContext {
  readonly users: Users
}

export interface SignIns {
  /** The first page for a request that may be asked, or at once the way back. */
  begin(asked: Asked, request: WireRequest, context: SignInContext): Draft
  /** The next page for a form of the last one. */
  submit(request: WireRequest, context: SignInContext): Draft
}

export function createSignIns(random: Random): SignIns {
  const shelf = createShelf<SignIn>(SIGN_INS_MAX)
  const secret = () => random.text(43, BASE64URL)
  return {
    begin(asked, request, context) {
      const { launch } = asked
      const isOpen = launch !== undefined && !context.switches.is('ehr-launch-pages', 'sign-in')
      const signIn: SignIn = {
        ...{ id: secret(), csrf: secret(), browser: cookieOf(request) ?? secret(), asked },
        ...{ step: 'credentials', attempts: 0 },
        user: isOpen ? launch.user : undefined,
        patient: launch?.patient,
      }
      if (isOpen && context.switches.is('ehr-launch-pages', 'none')) return allow(signIn, context)
      if (isOpen) signIn.step = 'continue'
      shelf.put(signIn.id, signIn, context.now + SIGN_IN_MS)
      const secure = context.publicUrl.startsWith('https:') ? '; Secure' : ''
      const cookie = `${COOKIE}=${signIn.browser}; Path=/oauth; HttpOnly; SameSite=Lax${secure}`
      const draft = show(signIn, context)
      return { ...draft, headers: [...draft.headers, ['Set-Cookie', cookie]] }
    },
    submit(request, context) {
      const form = formFields(request)
      const signIn = shelf.get(form.get('request') ?? '', context.now)
      if (signIn === undefined) {
        return endedPage(400, 'This sign-in has ended', 'Go back to the app and begin again.')
      }
      if (!isOurs(signIn, request, form)) {
        return endedPage(403, 'Not your sign-in', 'The form did not come from this browser.')
      }
      const outcome = advance(signIn, form, context)
      if (outcome.isOver) shelf.remove(signIn.id)
      return outcome.draft
    },
  }
}

function cookieOf({ headers }: WireRequest): string | undefined {
  const pattern = new RegExp(`(?:^|[;,]\\s*)${COOKIE}=([A-Za-z0-9_-]{43})(?=$|[;,])`)
  return pattern.exec(headers.cookie ?? '')?.[1]
}

function formFields(request: WireRequest): ReadonlyMap<string, string> {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(
    request.headers['content-type'] ?? '',
  )
  if (!isForm || request.body.length > FORM_CHARACTERS_MAX) return new Map()
  return new Map(new URLSearchParams(new TextDecoder().decode(request.body)))
}

function isOurs(
  { csrf, browser }: SignIn,
  request: WireRequest,
  form: ReadonlyMap<string, string>,
): boolean {
  return isSame(form.get('csrf') ?? '', csrf) && isSame(cookieOf(request) ?? '', browser)
}

interface Outcome {
  readonly draft: Draft
  readonly isOver: boolean
}

function advance(
  signIn: SignIn,
  form: ReadonlyMap<string, string>,
  context: SignInContext,
): Outcome {
  const on = (draft: Draft): Outcome => ({ draft, isOver: false })
  const over = (draft: Draft): Outcome => ({ draft, isOver: true })
  const act = form.get('act') ?? ''
  if (act === 'decline') return over(decline(signIn))
  // A page that was left by another tab or the back button: show where the sign-in really is.
  if (form.get('step') !== signIn.step) return on(show(signIn, context))
  switch (signIn.step) {
    case 'credentials':
      return signInWith(signIn, form, context)
    case 'patient':
      return on(choose(signIn, form, context))
    case 'continue':
      if (act === 'continue') signIn.step = 'approve'
      return on(show(signIn, context))
    case 'approve':
      return act === 'approve' ? over(allow(signIn, context)) : on(show(signIn, context))
  }
}

function decline({ asked }: SignIn): Draft {
  const why = { error: 'access_denied', error_description: 'the person declined' }
  return redirected(asked, why)
}

function signInWith(
  signIn: SignIn,
  form: ReadonlyMap<string, string>,
  context: SignInContext,
): Outcome {
  const { users, now } = context
  const username = form.get('username') ?? ''
  const user = users.find(signIn.asked.practice, username, now)
  const isRight = isSame(form.get('pwd') ?? '', user?.password ?? '') && user !== undefined
  const { launch } = signIn.asked
  if (!isRight || (launch !== undefined && launch.user.username !== user.username)) {
    signIn.attempts++
    if (signIn.attempts >= ATTEMPTS_MAX) {
      const words = 'Too many wrong passwords. Go back to the app and begin again.'
      return { draft: endedPage(403, 'This sign-in has ended', words), isOver: true }
    }
    const trouble = 'The user name or the password is wrong.'
    return { draft: show(signIn, context, { trouble, username }), isOver: false }
  }
  signIn.user = user
  const needsChart = needsPatient(signIn.asked, user)
  const [only, ...more] = chartsOf(user) ?? []
  if (launch === undefined && only !== undefined && more.length === 0) signIn.patient = only
  signIn.step = needsChart && signIn.patient === undefined ? 'patient' : 'continue'
  return { draft: show(signIn, context), isOver: false }
}

/** Without a launch a chart is to be chosen when the app asks for one, or for a patient's data. */
function needsPatient({ scopes }: Asked, user: TestUser): boolean {
  return !isStaff(user) || scopes.some((each) => /^(launch\/patient$|patient\/)/.test(each))
}

function choose(signIn: SignIn, form: ReadonlyMap<string, string>, context: SignInContext): Draft {
  const chosen = form.get('patient')
  const view = context.world.practice(signIn.asked.practice)
  const own = signIn.user === undefined ? [] : chartsOf(signIn.user)
  const isAllowed = chosen !== undefined && (own === undefined || own.includes(chosen))
  if (isAllowed && view?.get('Patient', chosen, context.now) !== undefined) {
    signIn.patient = chosen
    signIn.step = 'continue'
  }
  return show(signIn, context, { wanted: form.get('wanted') ?? '' })
}

/** The consent: a code for the app. */
function allow(signIn: SignIn, { grants, switches, now }: SignInContext): Draft {
  const { asked, user, patient } = signIn
  const { app, practice, redirectUri, scopes, challenge, nonce, launch } = asked
  if (user === undefined) return endedPage(400, 'This sign-in has ended', 'Nobody has signed in.')
  const lifetimeMs = Number(switches.value('code-lifetime')) * 1000
  const needsBanner = launch?.needsBanner ?? true
  const encounter = launch?.encounter
  const whose = { clientId: app.clientId, practice, user, patient, encounter, needsBanner }
  const what = { scopes, redirectUri, challenge, nonce, at: now }
  return redirected(asked, { code: grants.code({ ...whose, ...what }, lifetimeMs) })
}

interface Shown {
  readonly trouble?: string
  readonly username?: string
  readonly wanted?: string
}

function show(signIn: SignIn, context: SignInContext, shown: Shown = {}): Draft {
  const { id, csrf, step, asked, user } = signIn
  const { redirectUri, practice } = asked
  const view = context.world.practice(practice)
  if (view === undefined) return endedPage(400, 'This sign-in has ended', 'The practice is gone.')
  const hidden = fill('hidden', { request: id, csrf, step })
  const app = asked.app.name
  const person = user === undefined ? '' : nameOf(view, user.fhirUser, context.now)
  const about = aboutPatient(view, signIn.patient, context.now)
  const own = user === undefined ? [] : chartsOf(user)
  const pages: Readonly<Record<Step, () => [title: string, content: Markup]>> = {
    credentials: () => {
      const { trouble, username = '' } = shown
      const words = trouble === undefined ? { html: '' } : fill('trouble', { words: trouble })
      const rest = { hidden, app, trouble: words, username, practice: view.name }
      return ['Sign in', fill('credentials', rest)]
    },
    patient: () => {
      const wanted = shown.wanted ?? ''
      const { count, choices } = patientChoices(view, { wanted, own, now: context.now })
      return ['Whose chart?', fill('patients', { hidden, app, person, wanted, count, choices })]
    },
    continue: () => ['Connect an app', fill('continue', { hidden, app, person, about })],
    approve: () => {
      const { scopes, duration } = scopeList(asked.scopes)
      return ['Share with an app', fill('approve', { hidden, app, about, scopes, duration })]
    },
  }
  const [title, content] = pages[step]()
  return page(shown.trouble === undefined ? 200 : 401, title, content, redirectUri)
}
