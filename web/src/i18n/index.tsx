import { createContext, Fragment, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react'
import { en } from './en'
import { zh } from './zh'

export type Lang = 'zh' | 'en'

/** A sentence as the server sends it; both languages are always set. */
export interface Text {
  zh: string
  en: string
}

/** The dictionary's shape: zh.ts is the original, en.ts must match it key for key. */
export type Dictionary = Shape<typeof zh>
type Shape<T> = { [K in keyof T]: T[K] extends string ? string : Shape<T[K]> }

const DICTIONARIES: Record<Lang, Dictionary> = { zh, en }
const STORED = 'qianmo.lang'

interface Language {
  lang: Lang
  d: Dictionary
  setLang: (lang: Lang) => void
  /** Picks the reader's language; the empty string when there is nothing to say. */
  say: (text: Text | null | undefined) => string
}

const Context = createContext<Language | null>(null)

/** Language of the stored choice, for code outside React (the API client's header). */
export function currentLang(): Lang {
  return localStorage.getItem(STORED) === 'en' ? 'en' : 'zh'
}

export function LangProvider({ children, initial }: { children: ReactNode; initial?: Lang }) {
  const [lang, choose] = useState<Lang>(initial ?? currentLang)
  useEffect(() => {
    document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en'
  }, [lang])
  const setLang = useCallback((next: Lang) => {
    localStorage.setItem(STORED, next)
    choose(next)
  }, [])
  const value = useMemo<Language>(
    () => ({ lang, d: DICTIONARIES[lang], setLang, say: (text) => (text ? (lang === 'en' ? text.en || text.zh : text.zh || text.en) : '') }),
    [lang, setLang],
  )
  return <Context value={value}>{children}</Context>
}

export function useLang(): Language {
  const value = useContext(Context)
  if (!value) throw new Error('useLang needs a LangProvider above it')
  return value
}

/** Fills {name} places of a dictionary sentence with plain text. */
export function fill(template: string, values: Record<string, string | number>): string {
  return template.replace(/\{(\w+)\}/g, (place, name: string) => (name in values ? String(values[name]) : place))
}

/** Fills {name} places of a dictionary sentence with elements: links, amounts, emphasis. */
export function Say({ text, parts }: { text: string; parts: Record<string, ReactNode> }) {
  const pieces = text.split(/\{(\w+)\}/)
  return pieces.map((piece, i) => <Fragment key={i}>{i % 2 === 1 ? (parts[piece] ?? null) : piece}</Fragment>)
}
