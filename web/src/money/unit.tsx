import { createContext, useContext, useMemo, useState, type ReactNode } from 'react'
import type { Unit } from './fen'

interface UnitChoice {
  unit: Unit
  setUnit: (unit: Unit) => void
}

const STORED = 'qianmo.unit'
const Context = createContext<UnitChoice>({ unit: 'yuan', setUnit: () => undefined })

/** Holds the reader's unit for overviews: 元 or 万元. */
export function UnitProvider({ children }: { children: ReactNode }) {
  const [unit, choose] = useState<Unit>(() => (localStorage.getItem(STORED) === 'wan' ? 'wan' : 'yuan'))
  const value = useMemo(
    () => ({
      unit,
      setUnit: (next: Unit) => {
        localStorage.setItem(STORED, next)
        choose(next)
      },
    }),
    [unit],
  )
  return <Context value={value}>{children}</Context>
}

export function useUnit(): UnitChoice {
  return useContext(Context)
}
