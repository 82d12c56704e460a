import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { saveDraft } from './api'
import type { Application } from './model'

const PAUSE_MS = 800

/**
 * Saves what is typed after a short pause, one request at a time, each with the
 * revision it builds on. After a refusal nothing is lost: the text stays typed.
 */
export function useAutosave(application: Application) {
  const client = useQueryClient()
  const [typed, setTyped] = useState<Record<string, string>>({})
  const [state, setState] = useState<'idle' | 'saving'>('idle')
  const [savedAt, setSavedAt] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const pending = useRef<Record<string, string>>({})
  const revision = useRef(application.revision)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const running = useRef<Promise<void>>(Promise.resolve())

  useEffect(() => {
    revision.current = Math.max(revision.current, application.revision)
  }, [application.revision])
  useEffect(() => () => clearTimeout(timer.current), [])

  async function save() {
    const fields = pending.current
    if (Object.keys(fields).length === 0) return
    pending.current = {}
    setState('saving')
    try {
      const saved = await saveDraft(application.id)({ fields, revision: revision.current })
      revision.current = saved.revision
      client.setQueryData(['application', application.id], saved)
      setSavedAt(new Date().toISOString())
      setError(null)
    } catch (e) {
      pending.current = { ...fields, ...pending.current }
      setError(e)
      throw e
    } finally {
      setState('idle')
    }
  }
  function enqueue(): Promise<void> {
    clearTimeout(timer.current)
    running.current = running.current.catch(() => undefined).then(save)
    return running.current
  }
  return {
    typed,
    state,
    savedAt,
    error,
    type(path: string, value: string) {
      setTyped((t) => ({ ...t, [path]: value }))
      pending.current = { ...pending.current, [path]: value }
      clearTimeout(timer.current)
      timer.current = setTimeout(() => void enqueue().catch(() => undefined), PAUSE_MS)
    },
    /** Writes what is still unsaved and returns the revision to act on. */
    async flush(): Promise<number> {
      await enqueue()
      return revision.current
    },
  }
}
