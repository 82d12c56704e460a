import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Problem } from '@/api/problem'
import { useKept } from '@/features/session/kept'
import { readCase, saveDraft } from './api'
import type { Application } from './model'

const PAUSE_MS = 800
const AGAIN_MS = 5000

/** The text as typed, and the saved text that it was typed over. */
interface Draft {
  text: string
  base: string
}

/**
 * Saves the statement after a short pause, one request at a time, each with the
 * revision it builds on. What cannot be saved stays typed, is kept for this tab
 * and tried again. When somebody else saved other words meanwhile, nobody's are
 * overwritten until the person chooses.
 */
export function useAutosave(application: Application) {
  const client = useQueryClient()
  const kept = useKept<Draft>(`statement.${application.id}`)
  const [found] = useState(kept.read)
  const [text, setText] = useState(found?.text ?? application.statement)
  const [saving, setSaving] = useState(false)
  const [savedAt, setSavedAt] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [theirs, setTheirs] = useState<string | null>(null)
  const base = useRef(found?.base ?? application.statement)
  const pending = useRef<string | null>(found?.text ?? null)
  const revision = useRef(application.revision)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const running = useRef<Promise<void>>(Promise.resolve())

  useEffect(() => {
    // Attaching a file moves the revision on as well.
    revision.current = Math.max(revision.current, application.revision)
    if (pending.current !== null || application.statement === base.current) return
    base.current = application.statement
    setText(application.statement)
  }, [application.revision, application.statement])

  async function save() {
    const statement = pending.current
    if (statement === null) return
    pending.current = null
    setSaving(true)
    try {
      await write(statement)
      setError(null)
    } catch (e) {
      pending.current ??= statement
      setError(e)
      const { status } = Problem.from(e)
      if (status === 0 || status >= 500) timer.current = setTimeout(tryNow, AGAIN_MS)
      throw e
    } finally {
      setSaving(false)
    }
  }
  async function write(statement: string) {
    try {
      done(await saveDraft(application.id, { statement, revision: revision.current }), statement)
    } catch (e) {
      if (Problem.from(e).code !== 'conflict') throw e
      const latest = await readCase(application.id)
      client.setQueryData(['application', application.id], latest)
      revision.current = latest.revision
      // Only the revision moved on (a file, the same words saved twice): nothing to choose.
      if (latest.statement !== base.current && latest.statement !== statement) {
        setTheirs(latest.statement)
        throw e
      }
      done(await saveDraft(application.id, { statement, revision: latest.revision }), statement)
    }
  }
  function done(saved: Awaited<ReturnType<typeof saveDraft>>, statement: string) {
    revision.current = saved.revision
    base.current = statement
    client.setQueryData(['application', application.id], saved)
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
    text,
    saving,
    savedAt,
    error: theirs === null ? error : null,
    /** What somebody else saved meanwhile; null while there is nothing to choose. */
    theirs,
    type(value: string) {
      setText(value)
      pending.current = value
      kept.write({ text: value, base: base.current })
      clearTimeout(timer.current)
      if (theirs === null) timer.current = setTimeout(tryNow, PAUSE_MS)
    },
    keepMine() {
      base.current = theirs ?? base.current
      setTheirs(null)
      pending.current = text
      tryNow()
    },
    takeTheirs() {
      base.current = theirs ?? base.current
      pending.current = null
      kept.forget()
      setText(base.current)
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
