import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { saveDraft } from './api'
import type { Application } from './model'

const PAUSE_MS = 800

/**
 * Saves the statement after a short pause, one request at a time, each with the
 * revision it builds on. After a refusal nothing is lost: the text stays typed.
 */
export function useAutosave(application: Application) {
  const client = useQueryClient()
  const [text, setText] = useState(application.statement)
  const [saving, setSaving] = useState(false)
  const [savedAt, setSavedAt] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const pending = useRef<string | null>(null)
  const revision = useRef(application.revision)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const running = useRef<Promise<void>>(Promise.resolve())

  useEffect(() => {
    // Attaching a file moves the revision on as well.
    revision.current = Math.max(revision.current, application.revision)
  }, [application.revision])
  useEffect(() => () => clearTimeout(timer.current), [])

  async function save() {
    const statement = pending.current
    if (statement === null) return
    pending.current = null
    setSaving(true)
    try {
      const saved = await saveDraft(application.id, { statement, revision: revision.current })
      revision.current = saved.revision
      client.setQueryData(['application', application.id], saved)
      setSavedAt(new Date().toISOString())
      setError(null)
    } catch (e) {
      pending.current ??= statement
      setError(e)
      throw e
    } finally {
      setSaving(false)
    }
  }
  function enqueue(): Promise<void> {
    clearTimeout(timer.current)
    running.current = running.current.catch(() => undefined).then(save)
    return running.current
  }
  return {
    text,
    saving,
    savedAt,
    error,
    type(value: string) {
      setText(value)
      pending.current = value
      clearTimeout(timer.current)
      timer.current = setTimeout(() => void enqueue().catch(() => undefined), PAUSE_MS)
    },
    /** Writes what is still unsaved and returns the revision to act on; throws when it cannot be saved. */
    async flush(): Promise<number> {
      await enqueue()
      return revision.current
    },
  }
}
