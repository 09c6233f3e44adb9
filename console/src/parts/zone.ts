// The time zone in which instants are told: that of the practice that is shown, else UTC.

import { createContext, useContext } from 'react'

export const Zone = createContext('UTC')

export function useZone(): string {
  return useContext(Zone)
}
