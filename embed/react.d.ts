// For React 19 and later: `import "tenant-picker-embed/react"` in one file of the application.
import type { TenantPicker, TenantPickerAttributes } from "./embed.js";

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "tenant-picker": TenantPickerAttributes & {
        children?: React.ReactNode;
        className?: string;
        id?: string;
        ref?: React.Ref<TenantPicker>;
      };
    }
  }
}
