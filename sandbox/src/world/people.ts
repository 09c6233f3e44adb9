// Invented people in households that share a surname and an address, twins among them. Who they are,
// not what is written in their charts. Every name, number and address is made up.

import type { Random } from '../random.ts'
import { addDays } from './calendar.ts'
import people from './data/people.json' with { type: 'json' }

export interface Address {
  readonly line: string
  readonly city: string
  readonly state: string
  readonly zip: string
}

export interface Person {
  readonly family: string
  readonly given: string
  readonly middle: string | undefined
  readonly gender: 'female' | 'male'
  /** `YYYY-MM-DD` */
  readonly birthDate: string
  readonly formerFamily: string | undefined
  readonly address: Address
  readonly formerAddress: Address | undefined
  readonly phones: { readonly home: string; readonly mobile: string; readonly work: string }
  readonly race: { readonly code: string; readonly text: string }
  readonly ethnicity: { readonly code: string; readonly text: string }
  readonly language: { readonly code: string; readonly text: string }
  /** For a minor: who answers for the child. */
  readonly guardian: Person | undefined
}

interface Home {
  readonly family: string
  readonly address: Address
  readonly phone: string
  readonly area: string
  readonly race: Person['race']
  readonly ethnicity: Person['ethnicity']
}

const TWIN_SHARE = 0.12
const CHILDREN_MAX = 3

/** One household: one or two adults and up to three children, in that order. `today` is local. */
export function inventHousehold(random: Random, zone: string, today: string): Person[] {
  const local = people.places.filter((place) => place.zone === zone)
  const place = random.pick(local.length > 0 ? local : people.places)
  const home: Home = {
    family: random.pick(people.surnames),
    address: inventAddress(random, place),
    phone: inventPhone(random, place.area),
    area: place.area,
    race: random.weighted(people.races),
    ethnicity: random.weighted(people.ethnicities),
  }
  const age = random.between(22, 88)
  const adults = [inventPerson(random, home, born(random, today, age), undefined)]
  if (random.chance(0.5)) {
    const other = Math.max(21, age + random.between(-6, 6))
    adults.push(inventPerson(random, home, born(random, today, other), undefined))
  }
  const count = age < 55 ? random.between(0, CHILDREN_MAX) : 0
  return [...adults, ...inventChildren(random, home, { count, adults, age, today })]
}

function inventChildren(
  random: Random,
  home: Home,
  family: { count: number; adults: readonly Person[]; age: number; today: string },
): Person[] {
  const children: Person[] = []
  for (let i = 0; i < family.count; i++) {
    const sibling = children[0]
    const isTwin = i === 1 && sibling !== undefined && random.chance(TWIN_SHARE)
    const age = random.between(0, Math.max(0, Math.min(17, family.age - 20)))
    const birthDate = isTwin ? sibling.birthDate : born(random, family.today, age)
    children.push(inventPerson(random, home, birthDate, family.adults[0]))
  }
  return children
}

function inventPerson(
  random: Random,
  home: Home,
  birthDate: string,
  guardian: Person | undefined,
): Person {
  const gender = random.chance(0.52) ? 'female' : 'male'
  const hasFormerName = guardian === undefined && gender === 'female' && random.chance(0.3)
  const place = random.pick(people.places)
  return {
    family: home.family,
    given: random.pick(people[gender]),
    middle: random.chance(0.35) ? random.pick(people[gender]) : undefined,
    gender,
    birthDate,
    formerFamily: hasFormerName ? random.pick(people.surnames) : undefined,
    address: home.address,
    formerAddress: random.chance(0.2) ? inventAddress(random, place) : undefined,
    phones: {
      home: home.phone,
      mobile: inventPhone(random, home.area),
      work: inventPhone(random, home.area),
    },
    race: home.race,
    ethnicity: home.ethnicity,
    language: random.weighted(people.languages),
    guardian,
  }
}

/** A new address near `zone`'s places. */
export function inventMove(random: Random, zone: string): Address {
  const local = people.places.filter((place) => place.zone === zone)
  return inventAddress(random, random.pick(local.length > 0 ? local : people.places))
}

function inventAddress(
  random: Random,
  place: { city: string; state: string; zip: string },
): Address {
  const unit = random.chance(0.25) ? ` Apt ${random.between(1, 40)}` : ''
  const line = `${random.between(1, 2400)} ${random.pick(people.streets)}${unit}`
  return { line, city: place.city, state: place.state, zip: place.zip }
}

/** A number from the 555-01xx range kept for fiction, as the vendor writes phones. */
export function inventPhone(random: Random, area: string): string {
  return `${area}-555-01${String(random.between(0, 99)).padStart(2, '0')}`
}

function born(random: Random, today: string, age: number): string {
  return addDays(today, -Math.floor(age * 365.25) - random.between(7, 364))
}
