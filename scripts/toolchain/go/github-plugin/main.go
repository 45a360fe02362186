// The GitHub plugin for machines that cannot download the official one: the same Terraform provider under the
// same bridge, with the same tokens and property names.
package main

import (
	"context"
	"runtime/debug"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/cmdutil"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// version is set by the linker, so that versions.ts is the only place that names it.
var version string

func main() {
	// It lives no longer than one command of the engine's. Until it has this much, collecting garbage would only cost time.
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(256 << 20)
	err := provider.Main("github", func(host *provider.HostClient) (pulumirpc.ResourceProviderServer, error) {
		info := providerInfo()
		bridged := tfbridge.NewProvider(context.Background(), host, "github", version, info.P, info, nil)
		return schemaServer{ResourceProviderServer: bridged, info: info}, nil
	})
	if err != nil {
		cmdutil.ExitError(err.Error())
	}
}
