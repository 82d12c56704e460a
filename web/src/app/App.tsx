import { useState } from 'react'
import { RouterProvider } from 'react-router'
import { SessionProvider } from '@/features/session/session'
import { newRouter } from './router'
import { Surroundings } from './Surroundings'

export function App() {
  const [router] = useState(newRouter)
  return (
    <Surroundings>
      <SessionProvider>
        <RouterProvider router={router} />
      </SessionProvider>
    </Surroundings>
  )
}
