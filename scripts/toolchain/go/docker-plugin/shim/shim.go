// Package shim hands out the Docker provider that its own module keeps internal.
package shim

import (
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/terraform-providers/terraform-provider-docker/internal/provider"
)

// NewProvider returns the Terraform provider without any configuration.
func NewProvider() *schema.Provider {
	return provider.New("slipway")()
}
