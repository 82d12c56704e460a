import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Problem } from '@/api/problem'
import { useKept } from '@/features/session/kept'
import { readCase, saveDraft } from './api'
import type { Application, Draft } from './model'

const PAUSE_MS = 800
const AGAIN_MS = 5000

/** The draft as typed, and the saved one that it was typed over. */
interface Kept {
  draft: Draft
  base: Draft
}

/** One spelling for equal drafts, whatever the order in which fields were filled in. */
function spell(draft: Draft): string {
  return JSON.stringify(draft, (_, value: unknown) => (value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value))
}

const same = (a: Draft, b: Draft) => spell(a) === spell(b)

/** Kinds that were taken out are named with an empty list; others that are not named stay. */
function changes(from: Draft, to: Draft): Draft {
  return { statement: to.statement, declared: { ...Object.fromEntries(Object.keys(from.declared).map((kind) => [kind, []])), ...to.declared } }
}

const ofCase = (a: { statement: string; declared: unknown }): Draft => ({ statement: a.statement, declared: a.declared as Draft['declared'] })

/**
 * Saves the draft after a short pause, one request at a time, each with the
 * revision it builds on. What cannot be saved stays typed, is kept for this tab
 * and tried again. When somebody else saved other words meanwhile, nobody's are
 * overwritten until the person chooses.
 */
export function useAutosave(application: Application) {
  const client = useQueryClient()
  const kept = useKept<Kept>(`draft.${application.id}`)
  const [found] = useState(kept.read)
  const [draft, setDraft] = useState(found?.draft ?? ofCase(application))
  const [saving, setSaving] = useState(false)
  const [savedAt, setSavedAt] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [theirs, setTheirs] = useState<Draft | null>(null)
  const base = useRef(found?.base ?? ofCase(application))
  const pending = useRef<Draft | null>(found?.draft ?? null)
  const revision = useRef(application.revision)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const running = useRef<Promise<void>>(Promise.resolve())

  useEffect(() => {
    // Attaching a file moves the revision on as well.
    revision.current = Math.max(revision.current, application.revision)
    const saved = ofCase(application)
    if (pending.current !== null || same(saved, base.current)) return
    base.current = saved
    setDraft(saved)
  }, [application])

  async function save() {
    const mine = pending.current
    if (mine === null) return
    pending.current = null
    setSaving(true)
    try {
      await write(mine)
      setError(null)
    } catch (e) {
      pending.current ??= mine
      setError(e)
      const { status } = Problem.from(e)
      if (status === 0 || status >= 500) timer.current = setTimeout(tryNow, AGAIN_MS)
      throw e
    } finally {
      setSaving(false)
    }
  }
  async function write(mine: Draft) {
    const send = (at: number) => saveDraft(application.id, { ...changes(base.current, mine), revision: at })
    try {
      done(await send(revision.current), mine)
    } catch (e) {
      if (Problem.from(e).code !== 'conflict') throw e
      const latest = await readCase(application.id)
      client.setQueryData(['application', application.id], latest)
      revision.current = latest.revision
      // Only the revision moved on (a file, the same words saved twice): nothing to choose.
      if (!same(ofCase(latest), base.current) && !same(ofCase(latest), mine)) {
        setTheirs(ofCase(latest))
        throw e
      }
      done(await send(latest.revision), mine)
    }
  }
  function done(saved: Awaited<ReturnType<typeof saveDraft>>, mine: Draft) {
    revision.current = saved.revision
    base.current = mine
    client.setQueryData(['application', application.id], saved)
    // What is wrong and what still lacks is the server's to say.
    void client.invalidateQueries({ queryKey: ['application-form', application.id] })
    setSavedAt(new Date().toISOString())
    if (pending.current === null) kept.forget()
  }
  function enqueue(): Promise<void> {
    clearTimeout(timer.current)
    running.current = running.current.catch(() => undefined).then(save)
    return running.current
  }
  function tryNow() {
    void enqueue().catch(() => undefined)
  }

  const latest = useRef({ tryNow, theirs })
  useEffect(() => {
    latest.current = { tryNow, theirs }
  })
  useEffect(() => {
    const now = () => {
      if (pending.current !== null && latest.current.theirs === null) latest.current.tryNow()
    }
    now() // what an earlier visit could not save
    window.addEventListener('online', now)
    document.addEventListener('visibilitychange', now)
    return () => {
      window.removeEventListener('online', now)
      document.removeEventListener('visibilitychange', now)
      now() // leaving the page does not wait for the pause
    }
  }, [])

  return {
    draft,
    saving,
    savedAt,
    error: theirs === null ? error : null,
    /** What somebody else saved meanwhile; null while there is nothing to choose. */
    theirs,
    type(change: Partial<Draft>) {
      const next = { ...draft, ...change }
      setDraft(next)
      pending.current = next
      kept.write({ draft: next, base: base.current })
      clearTimeout(timer.current)
      if (theirs === null) timer.current = setTimeout(tryNow, PAUSE_MS)
    },
    keepMine() {
      base.current = theirs ?? base.current
      setTheirs(null)
      pending.current = draft
      tryNow()
    },
    takeTheirs() {
      base.current = theirs ?? base.current
      pending.current = null
      kept.forget()
      setDraft(base.current)
      setTheirs(null)
      setError(null)
    },
    /** Writes what is still unsaved and returns the revision to act on; throws when it cannot be saved. */
    async flush(): Promise<number> {
      await enqueue()
      return revision.current
    },
  }
}
